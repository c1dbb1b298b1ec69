"""Feedback for students: a page for each graded notebook, and all of them in one archive for upload."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.collect import UNCERTAIN, folder_name, of_people, read_recipients, read_students
from autograder.course import Course, CourseError, command, errors_of_nbgrader
from autograder.record import Writer, read_old_grades


def write_feedback(course: Course) -> list[Path]:
    """Write feedback/<student>/<lab>/*.html for everything graded, and feedback/<lab>.zip. Returns the folders."""
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    if not students:
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
    with Writer(course) as writer:
        late = writer.apply_late_rules()
        standing = read_old_grades(course, writer)
    for line in [*standing.lines(), *late]:
        print(line, file=sys.stderr)
    config = course.config()
    config.GenerateFeedback.force = True
    config.AddResults.older = [*standing.gone, *standing.older]
    with errors_of_nbgrader() as errors:
        try:
            GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()
        except NbGraderException as error:
            reason = ": ".join(each.strip().splitlines()[-1] for each in errors[:2]) or str(error)
            raise CourseError(f"nbgrader could not write all feedback: {reason}") from None
    folders = [course.feedback(student) for student in students]
    if not write_archive(course, folders):
        print(f"{archive(course).name} is not for Moodle: {UNCERTAIN}. Collect with WORKSHEET=csv.", file=sys.stderr)
    return folders


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
    with zipfile.ZipFile(path.with_suffix(".new"), "w", zipfile.ZIP_DEFLATED) as file:
        for folder in folders:
            for page in sorted(folder.glob("*.html")):
                for upload in uploads.get(folder.parent.name, [folder.parent.name]):
                    file.write(page, f"{upload}/{page.name}")
    path.with_suffix(".new").replace(path)
    return certain
