"""Notebooks handed in as Python files: the percent format of VS Code, Spyder and Jupytext, and Jupyter's own export."""

from __future__ import annotations

import json
import re

from autograder.intake.cells import MAX_CELLS, Cell, Refused
from autograder.intake.python import bound

_BREAK = re.compile(r"^# ?%%(?P<about>.*)$|^# In\s?\[[ \d]*\]:\s*$")
_MARKS = re.compile(r"\{.*\}")


def is_script(text: str) -> bool:
    """Whether a text is Python rather than anything else."""
    return any(map(_BREAK.match, text.split("\n"))) or bool(bound(text))


def read_script(text: str) -> list[Cell]:
    """The cells of a Python file; a file without cell marks is one cell."""
    cells = [Cell("code", "")]
    lines: list[list[str]] = [[]]
    exported = "# In[" in text  # by nbconvert, which leaves Markdown as comments between blank lines
    text = text.partition("\n")[2] if text.startswith("#!") else text  # which Python runs it: nobody's cell
    for line in text.split("\n"):
        mark = _BREAK.match(line)
        if mark:
            if len(cells) > MAX_CELLS:
                raise Refused(f"The file has more than {MAX_CELLS} cells, the most that are read.")
            about = mark.group("about") or ""
            cells.append(Cell("markdown" if "[markdown]" in about or "[md]" in about else "code", ""))
            put_marks(cells[-1], about)
            lines.append([])
        else:
            lines[-1].append(line)
    for cell, own in zip(cells, lines):
        cell.source = "\n".join(own)
    if exported:
        cells = [part for cell in cells for part in split_export(cell)]
    for cell in cells:
        if cell.kind == "markdown":
            text = cell.source.strip().strip('"').strip()
            cell.source = "\n".join(re.sub(r"^# ?", "", line) for line in text.split("\n"))
        cell.source = cell.source.strip("\n")
    return [cell for cell in cells if cell.source]


def put_marks(cell: Cell, about: str) -> None:
    """Read the metadata that Jupytext writes behind the mark of a cell."""
    found = _MARKS.search(about[:2000])
    try:
        nbgrader = json.loads(found.group()).get("nbgrader", {}) if found else {}
    except (ValueError, RecursionError):
        return
    if isinstance(nbgrader, dict) and isinstance(nbgrader.get("grade_id"), str):
        cell.grade_id, cell.marks = nbgrader["grade_id"], nbgrader


def split_export(cell: Cell) -> list[Cell]:
    """nbconvert writes two blank lines and then comments for a Markdown cell after a code cell."""
    blocks = re.split(r"\n\n+(?=#)", cell.source.strip("\n"))
    texts: list[Cell] = []
    while blocks and all(line.startswith("#") for line in blocks[-1].split("\n") if line.strip()):
        texts.insert(0, Cell("markdown", blocks.pop()))
    return [Cell("code", "\n\n".join(blocks)), *texts]
