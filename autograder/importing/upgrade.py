"""A master notebook in today's format: nbformat 4.5 with stable cell ids, and nbgrader's newest marks."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course import CourseError, digest, grade_id

ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
OTHER = re.compile(r"[^a-zA-Z0-9_-]+")


def upgrade(path: Path, signs: dict[str, str]) -> tuple[NotebookNode, list[str]]:
    """Read a master, and bring it to today's format. Returns it, with what was put right, in words.

    `signs` maps other signs around solutions and hidden tests to the usual ones. CourseError for what is no notebook.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
    except Exception as error:  # whatever is wrong in a file that anything may have written
        raise CourseError(
            f"{path} cannot be read as a notebook ({type(error).__name__}: {str(error)[:200]}). Open it in JupyterLab, "
            "save it, and import it again."
        ) from None
    said = []
    language = notebook.metadata.get("kernelspec", {}).get("language", "python").lower()
    if language != "python":
        raise CourseError(f"{path} is written in {language}; only Python can be graded.")
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in notebook.cells:
        for sign, usual in signs.items():
            cell.source = cell.source.replace(sign, f"### {usual}" if sign.startswith("#") else usual)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        said += sound_marks(cell)
    said += unique_grade_ids(notebook)
    give_ids(notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook, said


def sound_marks(cell: NotebookNode) -> list[str]:
    """Take off marks of nbgrader that it refuses, or that mean nothing."""
    marks = cell.metadata.get("nbgrader")
    if marks is None:
        return []
    graded = marks.get("grade") or marks.get("solution") or marks.get("task") or marks.get("locked")
    if not graded or not marks.get("grade_id"):
        del cell.metadata["nbgrader"]
        return [f"a graded cell without a grade id is an ordinary one now: {cell.source[:40]!r}"] if graded else []
    said = []
    if (name := OTHER.sub("-", marks.grade_id)) != marks.grade_id:
        said.append(f"{marks.grade_id}: nbgrader takes no such name; it is {name} now")
        marks.grade_id = name
    if cell.cell_type == "markdown" and not marks.get("task") and bool(marks.grade) != bool(marks.solution):
        marks.solution = marks.grade = False
        marks.locked = True
        marks.pop("points", None)
        said.append(f"{name}: a text cell that only tests, or is only an answer, is a locked one now")
    elif (marks.get("grade") or marks.get("task")) and not isinstance(marks.get("points"), int | float):
        marks.points = 0.0
        said.append(f"{name}: has no points; it gets 0")
    return said


def unique_grade_ids(notebook: NotebookNode) -> list[str]:
    """Give the second cell of a grade id another one: nbgrader refuses two."""
    said, seen = [], Counter[str]()
    for cell in notebook.cells:
        if name := grade_id(cell):
            seen[name] += 1
            if seen[name] > 1:
                cell.metadata.nbgrader.grade_id = f"{name}-{seen[name]}"
                said.append(f"{name}: there are several cells of this name; one is {name}-{seen[name]} now")
    return said


def give_ids(notebook: NotebookNode) -> None:
    """Give each cell an id that it gets again from the same master: its own, its grade id, or one of its content."""
    taken, same = set[str](), Counter[str]()
    for cell in notebook.cells:
        wanted = cell.get("id") or grade_id(cell)[:60]
        if not ID.fullmatch(wanted) or wanted in taken or wanted.startswith("own-"):
            content = digest(f"{cell.cell_type}\n{grade_id(cell)}\n{cell.source}".encode())[:8]
            same[content] += 1
            wanted = f"cell-{content}" + (f"-{same[content]}" if same[content] > 1 else "")
        taken.add(wanted)
        cell.id = wanted
