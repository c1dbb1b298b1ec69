"""Feedback for students: a page for each graded notebook, and all of them in one archive for upload."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from autograder.collect import UNCERTAIN, folder_name, of_people, read_recipients, read_students
from autograder.course import Course, CourseError, command
from autograder.dispatch import cores
from autograder.record import Writer, digests_of_said, read_old_grades
from autograder.report.pages import write_pages
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


def archive(course: Course) -> Path:
    return course.root / "feedback" / f"{course.lab}.zip"


def write_archive(course: Course, folders: list[Path]) -> bool:
    """Put <student>/<notebook>.html of everybody into feedback/<lab>.zip.

    Of submissions from Moodle each recipient, and so each member of a group, gets a folder that is named as in Moodle's
    download of all submissions: <name>_<number>_assignsubmission_file. So Moodle takes the archive back. Where its
    numbers may be those of groups, folders bear our own names, which Moodle passes over; False is returned then.
    """
    path = archive(course)
    uploads: dict[str, list[str]] = {}
    recipients = read_recipients(course.submitted, course.lab)
    certain = of_people(recipients, [student.name for student in read_students(course.home / "students.csv")])
    for each in recipients:
        if certain and each.system == "Moodle":
            name = folder_name(each.name).replace("_", "-")  # Moodle takes the names apart at these signs
            uploads.setdefault(each.submission, []).append(f"{name}_{each.number}_assignsubmission_file")
    entries = [
        (page, f"{upload}/{page.name}")
        for folder in folders
        for page in sorted(folder.glob("*.html"))
        for upload in uploads.get(folder.parent.name, [folder.parent.name])
    ]
    if not holds(path, entries):
        with zipfile.ZipFile(path.with_suffix(".new"), "w", zipfile.ZIP_DEFLATED) as file:
            for page, name in entries:
                file.write(page, name)
        path.with_suffix(".new").replace(path)
    return certain


def holds(path: Path, entries: list[tuple[Path, str]]) -> bool:
    """Whether an archive holds these files under these names, and is newer than all of them."""
    try:
        states = [page.stat() for page, _ in entries]
        with zipfile.ZipFile(path) as file:
            there = [(info.filename, info.file_size) for info in file.infolist()]
    except (OSError, zipfile.BadZipFile):
        return False
    wanted = [(name, state.st_size) for (_, name), state in zip(entries, states)]
    return there == wanted and path.stat().st_mtime_ns > max((state.st_mtime_ns for state in states), default=0)
