"""A student's notebook as it will be graded: the lab's cells as they were handed out, and the student's work."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CellOfLab = dict[str, Any]  # as the manifest of the release describes it


def name_of(cell: Any) -> str:
    """The name of a cell: that of nbgrader, else its id, else nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") or ""


def digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


def compare(notebook: Any, cells: list[CellOfLab]) -> tuple[list[str], list[str], list[str]]:
    """Which cells of the lab are missing, doubled or changed: problems, answers that are not written, and notes."""
    problems, unwritten, notes = [], [], []
    found: dict[str, list[Any]] = {}
    for cell in notebook.cells:
        found.setdefault(name_of(cell), []).append(cell)
    for wanted in cells:
        name, there = wanted["cell"], found.get(wanted["cell"], [])
        where = f"{wanted['heading']}: "
        if not there:
            problems.append(f"{where}the cell `{name}` is missing. Copy it from a fresh download of the lab.")
        elif len(there) > 1:
            problems.append(f"{where}the cell `{name}` is there {len(there)} times. Keep the one that counts.")
        elif there[0].cell_type != wanted["type"]:
            problems.append(f"{where}the cell `{name}` has to be a {wanted['type']} cell again.")
        elif wanted["kind"].startswith("answer") and digest(there[0].source) == wanted["sha256"]:
            unwritten.append(f"{where}`{name}` is not written yet.")
        elif not wanted["kind"].startswith("answer") and digest(there[0].source) != wanted["sha256"]:
            notes.append(f"{where}the given cell `{name}` was changed. What you wrote there does not count.")
    return problems, unwritten, notes


def as_graded(notebook: Any, cells: list[CellOfLab]) -> Iterator[Any]:
    """The cells of a notebook in the order of the lab. Given code is as it was handed out, or is there again."""
    import nbformat

    wanted = {each["cell"] for each in cells}
    found: dict[str, Any] = {}
    own: dict[str, list[Any]] = {"": []}  # the student's own cells, by the cell of the lab that they follow
    last = ""
    for cell in notebook.cells:
        name = name_of(cell)
        if name in wanted and name not in found:
            found[name], last = cell, name
            own[name] = []
        else:
            own[last].append(cell)
    yield from own[""]
    for each in cells:
        name = each["cell"]
        if "source" in each:
            yield nbformat.v4.new_code_cell(each["source"], id=name, metadata={"nbgrader": {"grade_id": name}})
        elif name in found:
            yield found[name]
        yield from own.get(name, [])


def copy_lab(folder: Path, files: dict[str, str], target: Path) -> list[str]:
    """Copy the files that came with the lab, and no others. Returns the modules that were changed or are missing."""
    changed = []
    for name, wanted in files.items():
        path, copy = folder / name, target / name
        data = path.read_bytes() if path.is_file() else b""
        if name.endswith(".py") and hashlib.sha256(data).hexdigest() != wanted:
            changed.append(name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
    (target / "labtools").mkdir(exist_ok=True)
    shutil.copyfile(folder / "labtools/manifest.json", target / "labtools/manifest.json")
    return changed
