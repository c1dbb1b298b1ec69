"""Feedback for students: a page for each graded notebook, and all of them in one archive for upload."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from autograder.collect import UNCERTAIN
from autograder.course import Course, CourseError, command
from autograder.dispatch import cores
from autograder.record import Writer, digests_of_said, read_old_grades
from autograder.report.pages import write_pages
from autograder.report.upload import archive, write_archive
from autograder.report.written import Written


def write_feedback(course: Course, jobs: int | None = None) -> list[Path]:
    """Write feedback/<student>/<lab>/*.html for everything graded, and feedback/<lab>.zip. Returns the folders.

    Pages are written in `jobs` processes (default: cores), where something changed that they follow from (written.py).
    CourseError, with a line for each, where a submission has no pages in the end; the others have theirs.
    """
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    if not students:
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
    with Writer(course) as writer:
        late = writer.apply_late_rules()
        standing = read_old_grades(course, writer)
        words = standing.words()
        said = digests_of_said(course, writer)
    for line in [*standing.lines(), *late]:
        print(line, file=sys.stderr)
    written = Written(course, {name: [said.get(name), words.get(name)] for name in students})
    failed = {}
    if changed := written.changed(students):
        (course.root / "feedback").mkdir(exist_ok=True)
        try:
            for student, reason in progress(write_pages(course, [*words], changed, jobs or cores()), len(changed)):
                if reason is None:
                    written.keep(student)
                else:
                    failed[student] = reason
        finally:
            written.save()
    folders = [course.feedback(student) for student in students]
    if not write_archive(course, folders):
        print(f"{archive(course).name} is not for Moodle: {UNCERTAIN}. Collect with WORKSHEET=csv.", file=sys.stderr)
    if failed:
        lines = [f"{student} has no feedback: {reason}" for student, reason in sorted(failed.items())]
        raise CourseError(
            "\n  ".join([f"nbgrader could not write all feedback; {archive(course)} has the rest:", *lines])
        )
    return folders


def progress(results: Iterator[tuple[str, str | None]], number: int) -> Iterator[tuple[str, str | None]]:
    """Show how far the pages are."""
    with tqdm(results, desc="feedback", unit="submission", total=number, disable=None) as bar:
        yield from bar
