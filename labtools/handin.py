"""Before you hand in: `python -m labtools` in this folder says what will be graded, and what is still missing.

It reads labtools/manifest.json, which says what the lab was handed out with, and runs each notebook from the top as it
will be graded: in another folder, with the lab's own files and cells, and your answers. Your files are not changed.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labtools import running
from labtools.as_graded import CellOfLab, as_graded, compare, copy_lab

NEEDED = ("nbformat", "nbclient", "ipykernel")  # they come with jupyterlab


@dataclass
class Found:
    """What was found in one notebook: lines, and the checks of each test cell."""

    problems: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    checks: dict[str, dict[str, bool]] = field(default_factory=dict)


def main(folder: Path) -> int:
    """Check all notebooks in a folder and print what was found. Returns 0 if they can be handed in, else 1."""
    lab = json.loads((folder / "labtools" / "manifest.json").read_text(encoding="utf-8"))
    missing = [name for name in (*lab.get("imports", ()), *NEEDED) if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"PROBLEM: {', '.join(missing)} not installed in this Python. Run `pip install -r requirements.txt` first."
        )
        return 1
    every = []
    for name in lab["notebooks"]:
        print(f"\n{name}.ipynb", flush=True)
        found = examine(folder, name, lab)
        every.append(found)
        for line in found.problems:
            print(f"  PROBLEM: {line}")
        for line in [*found.unwritten, *found.failed, *found.asides, *found.notes]:
            print(f"  note: {line}")
        if not found.problems:
            passed = sum(sum(each.values()) for each in found.checks.values())
            print(f"  It runs from the top. {passed} of {sum(map(len, found.checks.values()))} checks pass.")
    print("\n" + verdict(every))
    return 1 if any(found.problems for found in every) else 0


def verdict(every: list[Found]) -> str:
    """The last line. It says "Ready" only where nothing that can be seen here costs points."""
    if any(found.problems for found in every):
        return "Not ready: see the problems above."
    failed, unwritten, asides = (
        sum(len(getattr(found, what)) for found in every) for what in ("failed", "unwritten", "asides")
    )
    if not (failed or unwritten or asides):
        return "Ready to hand in."
    lost = [f"{failed} of the test cells have checks that do not pass"] * bool(failed)
    lost += [f"{asides} lines that begin with [look] tell of something wrong"] * bool(asides)
    lost += [f"{unwritten} answers are not written"] * bool(unwritten)
    return f"You can hand this in, but it will lose points: {' and '.join(lost)}."


def examine(folder: Path, name: str, lab: dict[str, Any]) -> Found:
    """Look at one notebook, and run it as it will be graded."""
    cells: list[CellOfLab] = lab["notebooks"][name]
    try:
        notebook = read(folder / f"{name}.ipynb")
    except ValueError as error:
        return Found([str(error)])
    problems, unwritten, notes = compare(notebook, [cell for cell in cells if cell["fixed"]])
    found = Found(problems, unwritten, notes=notes)
    headings = {cell["cell"]: f"{cell['heading']}: " for cell in cells}
    notebook.cells = list(as_graded(notebook, cells))
    with tempfile.TemporaryDirectory(prefix="labtools-") as copy:
        changed = copy_lab(folder, lab.get("files", {}), Path(copy))
        found.notes += [f"{file} is not as it was handed out: take it from a fresh download." for file in changed]
        try:
            running.run(notebook, Path(copy))
        except running.Stopped as stopped:
            found.problems.append(str(stopped))
            return found
    wrong = [f"{headings.get(cell, '')}the cell `{cell}` {what}" for cell, what in running.errors(notebook, folder)]
    if len(wrong) > 3:  # mostly for want of what the first one defines
        wrong[2:] = [f"{len(wrong) - 2} later cells end in an error, too. Mend the first one, and run this again."]
    found.problems += wrong
    found.notes += [f"{headings.get(cell, '')}the cell `{cell}` {what}" for cell, what in running.large(notebook)]
    found.checks = running.checks(notebook)
    for cell, text in running.asides(notebook):
        if all(found.checks.get(cell, {}).values()):  # else that is said already
            found.asides.append(f"{headings.get(cell, '')}`{cell}`: {text}")
    for cell, outcomes in found.checks.items():
        if count := len(outcomes) - sum(outcomes.values()):
            found.failed.append(f"{headings.get(cell, '')}`{cell}`: {count} of {len(outcomes)} checks do not pass.")
    return found


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
