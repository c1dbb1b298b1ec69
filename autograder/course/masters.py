"""Reading master notebooks: their cells by grade id, and the parts that students must never see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

SECRETS = ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME")
_REGION = re.compile(r"^.*BEGIN (SOLUTION|HIDDEN TESTS|MARK SCHEME).*\n((?:.*\n)*?)^.*END \1.*$", re.MULTILINE)


def read_notebook(path: Path) -> NotebookNode:
    """A notebook of ours (masters, releases), which is known to be sound."""
    return nbformat.read(path, as_version=4)


def grade_id(cell: NotebookNode) -> str:
    """The cell's name in nbgrader, or the empty text if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_solution(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_test(cell: NotebookNode) -> bool:
    """Whether this is a cell of checks, which grades by itself."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def is_constant(cell: NotebookNode) -> bool:
    """Whether this is a locked cell tagged `constant`: a figure, say, that is the same for everybody and that no
    other cell builds on. Graders run it once, not once a submission.
    """
    return "constant" in cell.metadata.get("tags", []) and bool(cell.metadata.get("nbgrader", {}).get("locked"))


def secret_texts(cell: NotebookNode) -> Iterator[str]:
    """The text of each solution, hidden test and marking scheme in a cell.

    A solution cell without the signs of one is a solution as a whole: nbgrader replaces all of it.
    """
    if is_solved_whole(cell):
        yield cell.source
    for _, text in secrets_by_kind(cell.source):
        yield text


def is_solved_whole(cell: NotebookNode) -> bool:
    """Whether a cell of a master is a solution from its first line to its last."""
    return is_solution(cell) and "SOLUTION" not in {kind for kind, _ in secrets_by_kind(cell.source)}


def secrets_by_kind(source: str) -> Iterator[tuple[str, str]]:
    """The solutions, hidden tests and marking schemes between their signs, each with what it is: one of SECRETS."""
    for match in _REGION.finditer(source):
        yield match.group(1), match.group(2)


def without_secrets(source: str) -> str:
    return _REGION.sub("", source)


def solution(source: str) -> str:
    """A cell of a master as a student would have written it: the solution without its markers."""
    lines = source.split("\n")
    return "\n".join(line for line in lines if "BEGIN SOLUTION" not in line and "END SOLUTION" not in line)
