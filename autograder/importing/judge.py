"""What is to be known of the test cells of a lab that was brought in: how each would be graded, in a table."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import (
    BEHIND,
    Course,
    Profile,
    grade_id,
    is_test,
    lab_packages,
    modules_imported,
    read_notebook,
)
from autograder.release import generate, make_profiles


def judge_cells(course: Course) -> list[str]:
    """Run the masters of a lab through a release that is thrown away. Returns a line for each test cell, and for each
    other cell that ends in an error.

    CourseError where nbgrader can make no release of it.
    """
    with tempfile.TemporaryDirectory(prefix="import-") as folder:
        copy = Course(Path(folder), Path(folder), course.lab)
        shutil.copytree(course.source, copy.source)
        shutil.copy(course.home / "nbgrader_config.py", folder)
        generate(copy, Path(folder) / "new")
        shutil.copytree(Path(folder) / "new" / course.lab, copy.release)
        profiles, broken = make_profiles(copy, copy.release)
    packages = set(lab_packages(course))
    lines = list(broken)
    for name in course.notebooks():
        book = read_notebook(course.source / f"{name}.ipynb")
        needed: set[str] = set()  # by the cells so far
        for cell in book.cells:
            if cell.cell_type == "code":
                needed |= modules_imported([cell.source]) & packages
            if is_test(cell) and (profile := profiles.get(f"{name}/{grade_id(cell)}")):
                points = cell.metadata.nbgrader.points
                lines.append(line_of(f"{name}, {grade_id(cell)}", points, profile, sorted(needed)))
        lines += by_hand(name, book)
    return lines


def line_of(place: str, points: float, profile: Profile, needed: list[str]) -> str:
    """One test cell in words: where it runs, what it needs, what right and empty answers get."""
    way = "behind the wall" if profile.way == BEHIND else f"beside the student's code ({profile.reason})"
    solved = f"the solution does not pass ({profile.fails})" if profile.fails else "the solution passes"
    blank = f"an unwritten answer gets {profile.blank:g} of {points:g} points" if profile.blank else ""
    needs = f"needs {', '.join(needed)}" if needed else ""
    return f"{place}: {'; '.join(filter(None, (way, solved, blank, needs)))}"


def by_hand(name: str, book: NotebookNode) -> list[str]:
    """The cells of a notebook that a person grades."""
    marks = [(grade_id(cell), cell.metadata.get("nbgrader", {})) for cell in book.cells]
    graded = [cell for cell, own in marks if own.get("task") or (own.get("grade") and own.get("solution"))]
    return [f"{name}: a person grades {', '.join(graded)}"] if graded else []
