"""Before you hand in: `python -m labtools` in this folder says whether all cells are there and everything runs.

It reads labtools/manifest.json, which says what cells the lab was handed out with, and runs a copy of each notebook
from the top. Your files are not changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from pathlib import Path
from typing import Any

SECONDS = 20  # for one cell, as in grading
OUTPUT = 2_000_000  # bytes of what one cell prints and draws that are kept in grading
NEEDED = ("nbformat", "nbclient", "ipykernel")  # they come with jupyterlab


def main(folder: Path) -> int:
    """Check all notebooks in a folder and print what was found. Returns 0 if they can be handed in, else 1."""
    manifest = json.loads((folder / "labtools" / "manifest.json").read_text(encoding="utf-8"))
    missing = [name for name in (*manifest.get("imports", ()), *NEEDED) if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"PROBLEM: {', '.join(missing)} not installed in this Python. Run `pip install -r requirements.txt` first."
        )
        return 1
    lab = manifest["notebooks"]
    wrong = 0
    for name, cells in lab.items():
        print(f"\n{name}.ipynb", flush=True)
        try:
            notebook = read(folder / f"{name}.ipynb")
        except ValueError as error:
            print(f"  PROBLEM: {error}")
            wrong += 1
            continue
        problems, notes = compare(notebook, [cell for cell in cells if cell["fixed"]])
        failed, more = run(notebook, folder)
        problems += failed
        notes += more
        for line in problems:
            print(f"  PROBLEM: {line}")
        for line in notes:
            print(f"  note: {line}")
        if not problems:
            print("  All cells are there, and the notebook runs from the top.")
        wrong += bool(problems)
    print("\nNot ready: see the problems above." if wrong else "\nReady to hand in.")
    return 1 if wrong else 0


def read(path: Path) -> Any:
    """A notebook of the student. ValueError says in plain words why it cannot be read."""
    import nbformat

    if not path.is_file():
        others = [each.name for each in sorted(path.parent.glob("*.ipynb")) if path.stem.split("_")[0] in each.name]
        seen = f" There is {', '.join(others)}: give it its old name." if others else ""
        raise ValueError(f"the notebook is not in this folder.{seen}")
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except Exception as error:
        raise ValueError(f"the file cannot be read as a notebook ({type(error).__name__}). Is it damaged?") from None


def compare(notebook: Any, cells: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Which cells are missing, doubled or changed: problems, and notes on what does no harm."""
    problems, notes = [], []
    found: dict[str, list[Any]] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id")
        found.setdefault(name, []).append(cell)
    for wanted in cells:
        name = wanted["cell"]
        there = found.get(name, [])
        if not there:
            problems.append(f"the cell `{name}` is missing. Copy it from a fresh download of the lab.")
        elif len(there) > 1:
            problems.append(f"the cell `{name}` is there {len(there)} times. Keep the one that counts.")
        elif there[0].cell_type != wanted["type"]:
            problems.append(f"the cell `{name}` has to be a {wanted['type']} cell again.")
        elif wanted["kind"].startswith("answer") and digest(there[0].source) == wanted["sha256"]:
            notes.append(f"`{name}` is not written yet.")
        elif not wanted["kind"].startswith("answer") and digest(there[0].source) != wanted["sha256"]:
            notes.append(f"the given cell `{name}` was changed. It is graded as it was handed out.")
    return problems, notes


def digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def run(notebook: Any, folder: Path) -> tuple[list[str], list[str]]:
    """Run a notebook from the top, to its end whatever happens: cells that failed, and checks that did."""
    import nbclient

    resources = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        interrupt_on_timeout=True,
        allow_errors=True,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources=resources,
    )
    running: dict[str, threading.Timer] = {}

    def begin(cell: Any, cell_index: int) -> None:
        timer = threading.Timer(2 * SECONDS, lambda: client.km.provisioner.process.kill())  # type: ignore[union-attr]  # if it takes no interrupt
        timer.daemon = True
        timer.start()
        running[name_of(cell, cell_index + 1)] = timer

    def end(cell: Any, cell_index: int, execute_reply: Any) -> None:
        running.pop(name_of(cell, cell_index + 1)).cancel()

    client.on_cell_execute = begin
    client.on_cell_executed = end
    try:
        client.execute()
    except Exception as error:
        names = ", ".join(f"`{name}`" for name in running) or "?"
        if not isinstance(error, nbclient.exceptions.DeadKernelError):
            return [f"the notebook does not run to its end: {type(error).__name__} in the cell {names}."], []
        return [f"Python ended in the cell {names}: it crashed, or ran for more than {2 * SECONDS} seconds."], []
    failed, notes = [], []
    for number, cell in enumerate(notebook.cells, 1):
        name = name_of(cell, number)
        text = "".join(output.get("text", "") for output in cell.get("outputs", []))
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename == "KeyboardInterrupt":
                failed.append(f"the cell `{name}` was stopped after {SECONDS} seconds.")
            elif output.output_type == "error":
                failed.append(f"the cell `{name}` ends in {output.ename}: {output.evalue[:200]}")
        size = len(json.dumps(cell.get("outputs", [])))
        if size > OUTPUT:
            kept = f"Your feedback keeps {OUTPUT / 1e6:g} MB of that; what it computes counts all the same."
            notes.append(f"the cell `{name}` prints and draws {size / 1e6:.1f} MB. {kept}")
        if name.startswith("test-") and "[failed]" in text:
            notes.append(f"`{name}`: {text.count('[failed]')} of the checks that you see did not pass.")
    if len(failed) > 3:  # mostly for want of what the first one defines
        failed[2:] = [f"{len(failed) - 2} later cells end in an error, too. Mend the first one, and run this again."]
    return failed, notes


def name_of(cell: Any, number: int) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {number}"
