"""nbgrader's own ways in: in a course of this kit its commands and buttons run this engine.

`nbgrader autograde` and formgrader's button both make an `Autograde` and call `start()`, in a process that has loaded
the course's configuration; `generate_assignment` and its button do the same with `GenerateAssignment`. So that is the
one method that is led here. tests/test_ways_in.py holds it against the pinned nbgrader.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from logging import Logger
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, CourseError, open_course
from autograder.grade import autograde
from autograder.release import make_release


def lead_here() -> None:
    """From now on nbgrader's converters for grading and releasing run this engine, in this process."""
    Autograde.start = start_autograde
    GenerateAssignment.start = start_generate


def start_autograde(converter: Any) -> None:
    """In the place of Autograde.start: grade the submissions that it was asked for, behind the wall.

    With `--force`, and so with formgrader's button, what is graded already is graded again.
    """
    asked: str = converter.coursedir.student_id
    with told(converter.log):
        course = course_of(converter.coursedir)
        if asked != "*" and any(sign in asked for sign in "*?["):
            raise CourseError(f"Name one student or none: several, as in '{asked}', are not graded here.")
        counts = autograde(course, student=None if asked == "*" else asked, again=converter.force)
        converter.log.info("%s", counts)


def start_generate(converter: Any) -> None:
    """In the place of GenerateAssignment.start: make the verified release."""
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
    try:
        yield
    except CourseError as error:
        log.error("%s", error)
        raise NbGraderException(str(error)) from None
