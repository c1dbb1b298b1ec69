"""Locked cells and marks that were edited, told apart from accidents. None of it changes a score.

Compared is with the release, never with the master: the master's hidden tests are an honest difference.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum
from rapidfuzz.distance import LCSseq

from autograder.intake.answers import Aligned
from autograder.intake.cells import Cell, bare, is_are, listed, quoted
from autograder.intake.python import essence
from autograder.intake.skeleton import Part, Skeleton

MAX_LINES = 2_000
SWITCHES = ("grade", "solution", "locked", "task")


def judge_edits(aligned: Aligned, skeleton: Skeleton) -> tuple[list[str], list[str]]:
    """What was done to the locked cells, in words: the accidents, and the rest."""
    accidents, edits = [], []
    for key, cells in aligned.edited.items():
        part = skeleton.by_grade_id[key]
        if key in aligned.explained or any(same_code(cell, part) for cell in cells):
            continue
        if bare("".join(cell.source for cell in cells)) == part.bare:
            accidents.append(f"{quoted(key)} was split; put back as released.")
        elif not any(cell.source.strip() for cell in cells):
            accidents.append(f"{quoted(key)} was emptied; put back as released.")
        elif all(is_sealed(cell) for cell in cells):
            accidents.append(f"{quoted(key)} is that of another release of the lab; the present one was used.")
        else:
            edits.append(
                f"The locked cell {quoted(key)} was edited ({difference(cells[-1], part)}). This has no effect: the "
                "released cell was used."
            )
    return accidents, edits


def same_code(cell: Cell, part: Part) -> bool:
    """Whether only comments and layout differ."""
    return part.kind == "code" and essence(part.source) is not None and essence(cell.source) == essence(part.source)


def is_sealed(cell: Cell) -> bool:
    """Whether nbgrader's checksum in the cell fits: so it read when some release was made."""
    node = NotebookNode(cell_type=cell.kind, source=cell.source, metadata={"nbgrader": NotebookNode(cell.marks)})
    try:
        return compute_checksum(node) == cell.marks.get("checksum")
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False


def difference(cell: Cell, part: Part) -> str:
    released = [line.rstrip() for line in part.source.split("\n")]
    lines = [line.rstrip() for line in cell.source.split("\n")[:MAX_LINES]]
    same = LCSseq.similarity(released, lines)
    return f"lines added: {len(lines) - same}, removed: {len(released) - same}"


def judge_marks(cells: list[Cell], skeleton: Skeleton) -> tuple[list[str], list[str]]:
    """What was done to nbgrader's marks (points, locks): the accidents, and the rest."""
    older: dict[str, None] = {}
    points: dict[str, None] = {}
    locks: dict[str, None] = {}
    for cell in cells:
        part = skeleton.by_grade_id.get(cell.grade_id)
        if part is None:
            continue
        if schema(cell.marks) != schema(part.marks):
            older[part.key] = None
        elif part.marks.get("points") is not None and changed(cell.marks, part.marks, "points"):
            points[part.key] = None
        elif any(changed(cell.marks, part.marks, switch) for switch in SWITCHES):
            locks[part.key] = None
    accidents = []
    if older:
        accidents.append(
            f"nbgrader's marks on {listed(older)} {is_are(older)} of another version; those of the release count."
        )
    words = (("points", points), ("locks", locks))
    return accidents, [
        f"The {what} of {listed(keys)} were changed. This has no effect." for what, keys in words if keys
    ]


def schema(marks: dict[str, Any]) -> Any:
    return marks.get("schema_version")


def changed(marks: dict[str, Any], released: dict[str, Any], key: str) -> bool:
    return key in marks and key in released and bool(marks[key] != released[key])
