"""The submission put on the skeleton: the master's cells with the student's answers, and the student's own cells."""

from __future__ import annotations

from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.course import grade_id, is_solution
from autograder.intake.align import align
from autograder.intake.answers import Aligned
from autograder.intake.cells import Cell
from autograder.intake.pictures import Album
from autograder.intake.python import is_written
from autograder.intake.skeleton import Skeleton
from autograder.intake.tampering import judge_edits, judge_marks


@dataclass
class Intake:
    """One notebook, ready to be examined: every cell of the master in its order, with the student's cells between."""

    notebook: NotebookNode
    #: grade ids of answers that are still as released (nothing was written)
    unwritten: set[str] = field(default_factory=set)
    #: what was put right, in words
    repairs: list[str] = field(default_factory=list)
    #: locked cells and marks that were edited, in words
    tampering: list[str] = field(default_factory=list)


def rebuild(cells: list[Cell], master: NotebookNode, skeleton: Skeleton) -> Intake:
    """Put submitted cells on the skeleton of what the student was given."""
    aligned = align(cells, skeleton)
    accidents, edits = judge_edits(aligned, skeleton)
    older, changed = judge_marks(cells, skeleton)
    result = Intake(nbformat.v4.new_notebook(metadata=master.metadata))
    result.repairs = list(dict.fromkeys([*aligned.repairs, *accidents, *older]))
    result.tampering = [*edits, *changed]
    own = OwnCells(aligned)
    album = Album(cells)
    result.notebook.cells = own.after(None)
    stubs = {part.key: part for part in skeleton.parts}
    for original in master.cells:
        cell = nbformat.from_dict(original)
        name = grade_id(cell)
        if name and is_solution(cell):
            stub = stubs[name].source
            answer = aligned.answers.get(name, "")
            if not is_written(answer, stub, cell.cell_type):
                result.unwritten.add(name)
            cell.source = answer if answer.strip() else stub
            if cell.cell_type == "markdown":
                album.attach_to(cell, name)
            cell.metadata.nbgrader["checksum"] = skeleton.checksums[name]
        elif name:
            cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
        elif cell.cell_type == "code":
            cell.source = aligned.free.get(cell.id, cell.source)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        result.notebook.cells += [*own.before(name), cell, *own.after(name or cell.id)]
    result.repairs += album.repairs
    return result


class OwnCells:
    """The student's own code cells, by where they belong."""

    def __init__(self, aligned: Aligned) -> None:
        self.pieces = [piece for piece in aligned.own if piece.kind == "code"]
        self.number = 0

    def after(self, key: str | None) -> list[NotebookNode]:
        return self.make([piece.source for piece in self.pieces if not piece.before and piece.after == key])

    def before(self, key: str) -> list[NotebookNode]:
        return self.make([piece.source for piece in self.pieces if piece.before and piece.before == key])

    def make(self, sources: list[str]) -> list[NotebookNode]:
        cells = []
        for source in sources:
            self.number += 1
            cells.append(nbformat.v4.new_code_cell(source, id=f"own-{self.number}"))
        return cells
