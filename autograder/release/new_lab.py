"""The skeleton of a new lab: a small master notebook that passes release, autograde and check, to build upon."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.release.make import make_release

TEMPLATE = Path(__file__).parent / "templates" / "lab"
#: What every lab needs beside its notebooks and its own labtools.py.
SHARED = ("asking.py", "checks.py", "handin.py", "plaindata.py", "showing.py", "requirements.txt")


def make_lab(home: Path, lab: str) -> Course:
    """Make source/<lab>, tests/<lab> and release/<lab>. CourseError if there is such a lab, or none to take from."""
    course = Course(home, home, lab)
    if not lab.isidentifier():
        raise CourseError(f"'{lab}' cannot be the name of a lab: take letters, digits and _, such as lab04.")
    for folder in (course.source, course.release, home / "tests" / lab):
        if folder.exists():
            raise CourseError(f"{folder} is there already: choose another name with LAB=...")
    others = [path for path in sorted((home / "source").glob("*")) if all((path / name).is_file() for name in SHARED)]
    if not others:
        raise CourseError(f"No lab in {home / 'source'} has {', '.join(SHARED)}, which a new one takes over.")
    shutil.copytree(TEMPLATE / "source", course.source)
    for name in SHARED:
        shutil.copy(others[-1] / name, course.source)
    shutil.copytree(TEMPLATE / "class", home / "tests" / lab / "class")
    make_release(course)
    return course
