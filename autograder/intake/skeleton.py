"""The skeleton that submitted cells are put on: the released notebook, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from autograder.course import grade_id, is_solution
from autograder.intake.cells import bare
from autograder.intake.python import bound


@dataclass(frozen=True, eq=False)
class Part:
    """One cell of the release. `role` is "answer", "given" (locked), "free" (code to play with) or "text"."""

    key: str
    kind: str
    source: str
    role: str
    place: int
    #: what the student defines in it, at least
    names: frozenset[str] = frozenset()
    marks: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def bare(self) -> str:
        return bare(self.source)


class Skeleton:
    """The parts of a notebook in order, found by grade id, by cell id or by content."""

    def __init__(self, released: NotebookNode) -> None:
        self.checksums = {
            grade_id(cell): cell.metadata.nbgrader.get("checksum") for cell in released.cells if grade_id(cell)
        }
        self.parts = [make_part(cell, place) for place, cell in enumerate(released.cells)]
        self.by_grade_id = {part.key: part for part in self.parts if part.marks}
        self.by_id = {cell.id: part for cell, part in zip(released.cells, self.parts)}
        self.answers = [part for part in self.parts if part.role == "answer"]

    def before(self, part: Part) -> Part | None:
        return self.parts[part.place - 1] if part.place else None


def make_part(cell: NotebookNode, place: int) -> Part:
    name = grade_id(cell)
    if is_solution(cell):
        role = "answer"
    elif name:
        role = "given"
    else:
        role = "free" if cell.cell_type == "code" else "text"
    names = bound(cell.source) if role == "answer" and cell.cell_type == "code" else frozenset()
    return Part(name or cell.id, cell.cell_type, cell.source, role, place, names, cell.metadata.get("nbgrader", {}))
