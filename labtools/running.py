"""Run a notebook from the top, each cell for as long as a grader lets it run, and tell what its cells said."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labtools.as_graded import name_of

SECONDS = 20  # for one cell, as in grading
OUTPUT = 2_000_000  # bytes of what one cell prints and draws that are kept in grading
LOOK = re.compile(r"(?m)^\[look\]\s+(.*(?:\n {9}.*)*)$")
CHECK = re.compile(r"(?m)^\[(passed|failed)\] [\d.e-]+/[\d.e-]+  (.*)$")


class Stopped(Exception):
    """The notebook does not run to its end. The message says why."""


def run(notebook: Any, folder: Path) -> None:
    """Run the cells in `folder`, to the end whatever happens; outputs go into the notebook. Stopped says why not."""
    import nbclient

    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    running: dict[str, threading.Timer] = {}

    def begin(cell: Any, cell_index: int) -> None:
        show_progress(f"cell {cell_index + 1} of {len(notebook.cells)}")
        timer = threading.Timer(2 * SECONDS, lambda: client.km.provisioner.process.kill())  # type: ignore[union-attr]  # if it takes no interrupt
        timer.daemon = True
        timer.start()
        running[name_of(cell)] = timer

    def end(cell: Any, cell_index: int, execute_reply: Any) -> None:
        running.pop(name_of(cell)).cancel()

    take = client.process_message

    def process_message(message: Any, cell: Any, cell_index: int) -> Any:
        try:
            return take(message, cell, cell_index)
        except nbclient.exceptions.CellExecutionComplete:
            raise
        except Exception:  # what is no output, grading leaves out as well
            return None

    client.on_cell_execute = begin
    client.on_cell_executed = end
    client.process_message = process_message  # type: ignore[assignment, method-assign]
    try:
        client.execute()
    except Exception as error:
        names = ", ".join(f"`{name}`" for name in running) or "?"
        if not isinstance(error, nbclient.exceptions.DeadKernelError):
            raise Stopped(
                f"the notebook does not run to its end: {type(error).__name__} in the cell {names}."
            ) from None
        raise Stopped(
            f"Python ended in the cell {names}: it crashed, or ran for more than {2 * SECONDS} seconds."
        ) from None
    finally:
        for timer in running.values():  # of a cell that did not come to its end
            timer.cancel()
        show_progress("")


def show_progress(text: str) -> None:
    """Show how far it is, on a terminal."""
    if sys.stdout.isatty():
        print(f"\r  {text:30}\r", end="", flush=True)


def errors(notebook: Any, folder: Path) -> list[tuple[str, str]]:
    """The cells that ended in an error, with the error in words. `folder` is where the student works."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "KeyboardInterrupt":
                found.append((name_of(cell), f"was stopped after {SECONDS} seconds."))
            elif output.output_type == "error":
                found.append(
                    (name_of(cell), f"ends in {output.ename}: {output.evalue[:200]}{advice(output.evalue, folder)}")
                )
    return found


def advice(error: str, folder: Path) -> str:
    """What to do about a file of the student's that is not handed in."""
    for name in re.findall(r"'([^']+)'", error)[:3]:
        module = f"{name.split('.')[0]}.py"
        if (folder / module).is_file() or (folder / name).is_file():
            file = module if (folder / module).is_file() else name
            return f" ({file} is not handed in: copy what you need of it into the notebook.)"
    return ""


def large(notebook: Any) -> Iterator[tuple[str, str]]:
    """The cells that print and draw more than is kept."""
    for cell in notebook.cells:
        size = len(json.dumps(cell.get("outputs", [])))
        if size > OUTPUT:
            kept = f"Your feedback keeps {OUTPUT / 1e6:g} MB of that; what it computes counts all the same."
            yield name_of(cell), f"prints and draws {size / 1e6:.1f} MB. {kept}"


def text_of(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


def asides(notebook: Any) -> Iterator[tuple[str, str]]:
    """What test cells say beside their checks, by cell: something is wrong that no visible check sees."""
    for cell in notebook.cells:
        yield from ((name_of(cell), " ".join(said.split())) for said in LOOK.findall(text_of(cell)))


def checks(notebook: Any) -> dict[str, dict[str, bool]]:
    """For each test cell that was run the checks that it printed, and whether they passed."""
    found: dict[str, dict[str, bool]] = {}
    for cell in notebook.cells:
        if said := CHECK.findall(text_of(cell)):
            found[name_of(cell)] = {name: outcome == "passed" for outcome, name in said}
    return found
