"""Feedback for students: nbgrader's HTML of each graded notebook, with scores and comments."""

from __future__ import annotations

from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, CourseError
from autograder.generate import errors_of_nbgrader
from autograder.record import Writer


def write_feedback(course: Course) -> list[Path]:
    """Write feedback/<student>/<lab>/*.html for everything graded. Returns the folders."""
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    if not students:
        raise CourseError(f"Nothing is graded yet: run `make autograde LAB={course.lab}` first.")
    with Writer(course) as writer:
        writer.apply_late_rules()
    config = course.config()
    config.GenerateFeedback.force = True
    with errors_of_nbgrader() as errors:
        try:
            GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()
        except NbGraderException as error:
            reason = errors[0].strip().splitlines()[-1] if errors else str(error)
            raise CourseError(f"nbgrader could not write all feedback: {reason}") from None
    return [course.feedback(student) for student in students]
