"""Make the worked solution of a lab: run it, look that nothing stays in it that is not for students, write it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import SECRETS, Course, CourseError, grade_id, is_solution, read_notebook
from autograder.release import run_notebook
from autograder.solution.cells import read_worked, solution_cells
from autograder.solution.page import page


def make_solution(course: Course, schemes: bool = False) -> list[Path]:
    """Write solution/<lab>/<notebook>.html and .ipynb. Returns the pages.

    With `schemes` the marking schemes of the questions for a person are in them. CourseError if a solution does not run
    to its end, or if a text of the grader's is left in it.
    """
    folder = course.home / "solution" / course.lab
    files: dict[Path, str] = {}
    for name in course.notebooks():
        notebook = solved_notebook(course, name, schemes)
        if found := list(faults(notebook)):
            raise CourseError(f"The solution of {name} cannot be published: {'; '.join(found)}.")
        files[folder / f"{name}.html"] = page(notebook)
        files[folder / f"{name}.ipynb"] = nbformat.writes(notebook)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return [path for path in files if path.suffix == ".html"]


def solved_notebook(course: Course, name: str, schemes: bool) -> NotebookNode:
    """The solution of a notebook, with its outputs."""
    master = read_notebook(course.source / f"{name}.ipynb")
    worked = read_worked(course.hidden / "worked" / f"{name}.md")
    answers = {grade_id(cell) for cell in master.cells if is_solution(cell)}
    if unknown := sorted(set(worked) - answers):
        raise CourseError(
            f"hidden/{course.lab}/worked/{name}.md has derivations for {unknown}: there is no such answer."
        )
    notebook = nbformat.v4.new_notebook(metadata=master.metadata, cells=list(solution_cells(master, worked, schemes)))
    with tempfile.TemporaryDirectory(prefix="solution-") as where:
        shutil.copytree(course.release, where, dirs_exist_ok=True)
        run_notebook(notebook, Path(where), course.home)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # times, another each time
    return notebook


def faults(notebook: NotebookNode) -> Iterator[str]:
    """What must not be in a solution: errors, markers, judges."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                yield f"the cell {cell.id} ends in {output.ename}: {output.evalue}"
        for marker in SECRETS:
            if f"BEGIN {marker}" in cell.source or f"END {marker}" in cell.source:
                yield f"the cell {cell.id} holds the marker of a {marker.lower()}"
        if "from hidden." in cell.source or "import hidden" in cell.source:
            yield f"the cell {cell.id} holds a hidden test"
