"""Notebooks handed in as text: the percent format of VS Code and Spyder, Jupytext's formats, Jupyter's own exports."""

from __future__ import annotations

import json
import re

from autograder.intake.cells import MAX_CELLS, Cell, Refused
from autograder.intake.python import bound

_BREAK = re.compile(r"^# ?%%(?P<about>.*)$|^# In\s?\[[ \d]*\]:\s*$")
_LIGHT = re.compile(r"(?ms)^# \+(.*?)(?:^# -$|(?=^# \+)|\Z)")  # Jupytext's marks of what is not one paragraph
_HEADER = re.compile(r"\A#!.*\n|\A(# )?---\n(?:.*\n){0,40}?\1?---\n")  # which Python runs it; what wrote it
_MARKS = re.compile(r"\{.*\}")
_FENCE = re.compile(r"```(?:python|ipython3)\b")
_BETWEEN = re.compile(r"\n\n\n+|^<!-- #(?:end)?region.*-->$", re.MULTILINE)  # Jupytext's Markdown cells


def is_script(text: str) -> bool:
    """Whether a text is Python rather than anything else."""
    return any(map(_BREAK.match, text.split("\n"))) or bool(bound(text))


def has_code(text: str) -> bool:
    """Whether a text is Markdown with Python code in it."""
    return any(map(_FENCE.match, text.split("\n")))


def read_markdown(text: str) -> list[Cell]:
    """The cells of a notebook written as Markdown."""
    cells = []
    for number, part in enumerate(texts_and_code(_HEADER.sub("", text))):
        texts = [part] if number % 2 else _BETWEEN.split(part)
        cells += [Cell("code" if number % 2 else "markdown", each.strip("\n")) for each in texts if each.strip()]
        if len(cells) > MAX_CELLS:
            raise Refused(f"The file has more than {MAX_CELLS} cells, the most that are read.")
    return cells


def texts_and_code(text: str) -> list[str]:
    """What stands between fences of Python code, and what in them, in turn. The last one may be open."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        in_code = len(parts) % 2 == 0
        if line.rstrip() == "```" if in_code else _FENCE.match(line):
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(lines) for lines in parts]


def read_script(text: str) -> list[Cell]:
    """The cells of a Python file; a file without cell marks is one cell."""
    cells = [Cell("code", "")]
    lines: list[list[str]] = [[]]
    exported = "# In[" in text  # by nbconvert, which leaves Markdown as comments between blank lines
    if "format_name: light" in text[:2000]:
        text = to_percent(_HEADER.sub("", text))
    for line in _HEADER.sub("", text).split("\n"):
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


def to_percent(text: str) -> str:
    """Jupytext's light format as the percent format: there a paragraph is a cell, and comments alone are a text."""
    cells = []
    for number, part in enumerate(_LIGHT.split(text)):
        if number % 2:
            cells.append(f"# %%{part}")
            continue
        for paragraph in re.split(r"\n\s*\n", part.strip()):
            is_text = all(line.startswith("#") for line in paragraph.split("\n"))
            cells.append(f"# %%{' [markdown]' if is_text else ''}\n{paragraph}")
    return "\n".join(cells)


def put_marks(cell: Cell, about: str) -> None:
    """Read the metadata that Jupytext writes behind the mark of a cell."""
    found = _MARKS.search(about[:2000])
    try:
        marks = json.loads(found.group()) if found else {}
        nbgrader = marks.get("nbgrader", marks)  # {"nbgrader": {…}}, or nbgrader={…} in later versions
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
