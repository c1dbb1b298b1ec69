"""A lab without what bears on no score: texts, figures, cells open to experiments. Much faster to grade."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from autograder.course import Course, grade_id, is_constant, is_plain, is_test, read_notebook


def trimmed(course: Course, folder: Path) -> Course:
    """A copy of the lab in `folder`: the cells with a grade id, without the constant ones, and the lab's files.

    A notebook with plain test cells keeps all its code: given cells of nbgrader's ordinary style have no grade id.

    Its tests are those of the lab, so its scores are too; no other cell may be needed by a test or an answer.
    """
    for part in ("source", "release"):
        target = folder / part / course.lab
        shutil.copytree(course.home / part / course.lab, target, ignore=shutil.ignore_patterns("__pycache__"))
        for path in target.glob("*.ipynb"):
            notebook = read_notebook(path)
            plain = any(is_test(cell) and is_plain(cell.source) for cell in notebook.cells)
            notebook.cells = [
                cell
                for cell in notebook.cells
                if (grade_id(cell) or (plain and cell.cell_type == "code")) and not is_constant(cell)
            ]
            path.write_text(nbformat.writes(notebook))
    if course.hidden.is_dir():
        shutil.copytree(course.hidden, folder / "hidden" / course.lab, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(course.home / "nbgrader_config.py", folder)
    return Course(folder, folder, course.lab)
