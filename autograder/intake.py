"""What was handed in, rebuilt on the master: the student's answers and own cells, everything else ours."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.masters import grade_id, is_solution

MAX_NOTEBOOK = 20_000_000  # bytes
MAX_CELLS = 2_000


class Refused(Exception):
    """A notebook that cannot be graded. The message is the reason, for student and TA."""


@dataclass
class Intake:
    """One notebook, ready to be examined: every cell of the master in its order, with the student's cells between."""

    notebook: NotebookNode
    #: grade ids of answers that are still as released (nothing was written)
    unwritten: set[str] = field(default_factory=set)
    #: what was put right, in words
    repairs: list[str] = field(default_factory=list)


def take_in(data: bytes, master: NotebookNode, released: NotebookNode) -> Intake:
    """Rebuild a submitted notebook. `released` is what the student was given. Refused if it cannot be read."""
    submitted = parse(data)
    known = {grade_id(cell): cell for cell in master.cells if grade_id(cell)}
    stubs = {grade_id(cell): cell.source for cell in released.cells if grade_id(cell)}
    checksums = {grade_id(cell): cell.metadata.nbgrader.get("checksum") for cell in released.cells if grade_id(cell)}
    public = {cell.source.strip() for cell in released.cells}
    result = Intake(nbformat.v4.new_notebook(metadata=master.metadata))
    answers: dict[str, dict[str, str]] = {}
    own_cells: dict[str | None, list[NotebookNode]] = {}  # by the grade id that they follow
    free = {cell.id: cell.source for cell in master.cells if not grade_id(cell)}  # cells open to experiments
    last: str | None = None
    number = 0
    for cell in submitted:
        name = cell["grade_id"]
        if name in known:
            if name in answers:
                result.repairs.append(f"`{name}` is there twice; the last one that has an answer counts.")
            if name not in answers or cell["source"] != stubs[name]:
                answers[name] = cell
            last = name
        elif cell["id"] in free:
            free[cell["id"]] = cell["source"]
        elif cell["cell_type"] == "code" and cell["source"].strip() and cell["source"].strip() not in public:
            number += 1
            own = nbformat.v4.new_code_cell(cell["source"], id=f"own-{number}")
            own_cells.setdefault(last, []).append(own)
    cells = list(own_cells.get(None, []))
    for cell in master.cells:
        name = grade_id(cell)
        cell = nbformat.from_dict(cell)
        if name and is_solution(cell):
            if name not in answers:
                result.repairs.append(f"`{name}` is missing; it counts as not written.")
            cell.source = answers[name]["source"] if name in answers else stubs[name]
            if cell.source == stubs[name]:
                result.unwritten.add(name)
        elif name and name not in answers:
            result.repairs.append(f"`{name}` is missing; it was put back.")
        if name:
            cell.metadata.nbgrader["checksum"] = checksums[name] if is_solution(cell) else compute_checksum(cell)
        elif cell.cell_type == "code":
            cell.source = free[cell.id]
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
        if name:
            cells += own_cells.get(name, [])
    result.notebook.cells = cells
    return result


def parse(data: bytes) -> list[dict[str, str]]:
    """The cells of a submitted notebook, each with grade_id, cell_type and source, and nothing else of it."""
    if len(data) > MAX_NOTEBOOK:
        raise Refused(f"The notebook takes {len(data) / 1e6:.0f} MB; at most {MAX_NOTEBOOK / 1e6:.0f} MB are read.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused("The file is not a notebook: it cannot be read as JSON. It may be damaged or cut off.") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Refused("The file is not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Refused(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read.")
    return [simple_cell(cell) for cell in cells if isinstance(cell, dict)]


def simple_cell(cell: dict) -> dict[str, str]:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    name = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return {
        "id": str(cell.get("id", "")),
        "grade_id": name if isinstance(name, str) else "",
        "cell_type": "code" if cell.get("cell_type") == "code" else "markdown",
        "source": source.encode(errors="replace").decode() if isinstance(source, str) else "",  # no half characters
    }
