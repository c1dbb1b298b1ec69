"""The skeleton of a new lab: a small master notebook that passes release, autograde and check, to build upon."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import Course, CourseError, write_config
from autograder.release.make import make_release

#: An unwritten answer does nothing: notebooks with checks run to the end, and the checks say what is missing.
STUB = {"python": "# YOUR CODE HERE\npass"}
TEMPLATE = Path(__file__).parent / "templates" / "lab"


def make_lab(home: Path, lab: str) -> Course:
    """Make source/<lab>, hidden/<lab>, tests/<lab> and release/<lab>. CourseError if there is such a lab."""
    course = Course(home, home, lab)
    if not lab.isidentifier():
        raise CourseError(f"'{lab}' cannot be the name of a lab: take letters, digits and _, such as lab04.")
    for folder in (course.source, course.hidden, course.release, home / "tests" / lab):
        if folder.exists():
            raise CourseError(f"{folder} is there already: choose another name with LAB=...")
    write_config(home, {"ClearSolutions.code_stub": STUB})
    write_skeleton(course)
    shutil.copytree(TEMPLATE / "class", home / "tests" / lab / "class")
    make_release(course)
    return course


def write_skeleton(course: Course) -> None:
    """Write the masters of a new lab, and their judges."""
    shutil.copytree(TEMPLATE / "source", course.source)
    shutil.copytree(TEMPLATE / "hidden", course.hidden)
    for path in course.source.glob("*.ipynb"):
        path.write_text(path.read_text().replace("hidden.LAB.", f"hidden.{course.lab}."))
