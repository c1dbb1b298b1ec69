"""nbgrader's own ways in: in a course of this kit its commands and buttons run this engine.

`nbgrader autograde` and formgrader's button both make an `Autograde` and call `start()`, in a process that has loaded
the course's configuration; `generate_assignment` and its button do the same with `GenerateAssignment`. So that is the
one method that is led here. tests/test_ways_in.py holds it against the pinned nbgrader.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from functools import wraps
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from logging import Logger
from pathlib import Path
from types import ModuleType
from typing import Any

from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, CourseError, open_course

CONVERTERS = "nbgrader.converters"


def lead_here() -> None:
    """From now on nbgrader's converters for grading and releasing run this engine, in this process.

    Where they are not loaded yet, which takes a second, they are led here as soon as they are.
    """
    if CONVERTERS in sys.modules:
        lead(sys.modules[CONVERTERS])
    elif not any(isinstance(finder, WhenLoaded) for finder in sys.meta_path):
        sys.meta_path.insert(0, WhenLoaded())


def lead(converters: ModuleType) -> None:
    """Put our functions in the place of nbgrader's. Each knows the one that it stands for (see `inspect.unwrap`)."""
    for converter, start in ((converters.Autograde, start_autograde), (converters.GenerateAssignment, start_generate)):
        if converter.start is not start:
            converter.start = wraps(converter.start)(start)


class WhenLoaded(MetaPathFinder):
    """Finds nbgrader's converters as Python does, and leads them here once they are loaded.

    Each of its modules is imported after the package, so none of them is to be had without that.
    """

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name == CONVERTERS else None
        if spec and spec.loader:
            load = spec.loader.exec_module

            def load_and_lead(module: ModuleType) -> None:
                load(module)
                lead(module)

            spec.loader.exec_module = load_and_lead  # type: ignore[method-assign]
        return spec


def start_autograde(converter: Any) -> None:
    """In the place of Autograde.start: grade the submissions that it was asked for, behind the wall.

    With `--force`, and so with formgrader's button, what is graded already is graded again.
    """
    from autograder.grade import autograde

    asked: str = converter.coursedir.student_id
    with told(converter.log):
        course = course_of(converter.coursedir)
        if asked != "*" and any(sign in asked for sign in "*?["):
            raise CourseError(f"Name one student or none: several, as in '{asked}', are not graded here.")
        counts = autograde(course, student=None if asked == "*" else asked, again=converter.force)
        converter.log.info("%s", counts)


def start_generate(converter: Any) -> None:
    """In the place of GenerateAssignment.start: make the verified release."""
    from autograder.release import make_release

    with told(converter.log):
        course = course_of(converter.coursedir)
        changed = make_release(course, show=converter.log.info)
        converter.log.info("release/%s: %s", course.lab, "made anew" if changed else "unchanged")


def course_of(place: CourseDirectory) -> Course:
    """The lab that nbgrader was asked about. CourseError if it cannot be done here."""
    if place.notebook_id != "*":
        raise CourseError(f"The notebook {place.notebook_id} alone cannot be taken: leave --notebook out.")
    return open_course(place.assignment_id, Path(place.root))


@contextlib.contextmanager
def told(log: Logger) -> Iterator[None]:
    """Inside: what the course needs is an error of nbgrader's, in one line of its log."""
    from nbgrader.converters.base import NbGraderException

    try:
        yield
    except CourseError as error:
        log.error("%s", error)
        raise NbGraderException(str(error)) from None
