"""What lies in submitted/: whose it is, its bytes, and when it was handed in."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import sys

from nbgrader.utils import parse_utc

from autograder.course import Course, CourseError
from autograder.intake import HandedIn, read_folder


def find_submissions(course: Course, student: str | None = None) -> list[str]:
    """The students who handed the lab in. CourseError where there is none, or not the one asked for."""
    if student is not None and not course.submission(student).is_dir():
        raise CourseError(f"{course.submission(student)} does not exist: check STUDENT and LAB.")
    for path in sorted(course.submitted.glob("*")):
        if path.is_dir() and not (path / course.lab).is_dir():
            print(f"submitted/{path.name} has no folder {course.lab}: left out", file=sys.stderr)
    found, refused = all_submissions(course)
    for name in refused:
        print(f"submitted/{ascii(name)[1:-1]} is not graded: give the folder a name that can be shown", file=sys.stderr)
    if student is not None:
        found = [name for name in found if name == student]
    if not found:
        raise CourseError(f"There is nothing to grade: put notebooks into {course.submitted}/<student>/{course.lab}/.")
    return found


def all_submissions(course: Course) -> tuple[list[str], list[str]]:
    """The students with a folder for the lab, and those whose name neither a gradebook nor a page can hold.

    These have control characters, such as line ends, or come from an archive that was unpacked in a wrong encoding.
    """
    names = [path.parent.name for path in sorted(course.submitted.glob(f"*/{course.lab}")) if path.is_dir()]
    return [name for name in names if name.isprintable()], [name for name in names if not name.isprintable()]


def read_submission(course: Course, student: str) -> tuple[HandedIn, str]:
    """What was handed in, and its digest."""
    total = hashlib.sha256()
    handed = read_folder(course.submission(student))
    for path, data in sorted(handed.files.items()):
        total.update(f"{path}\0{len(data)}\0".encode())
        total.update(data)
    total.update(repr(sorted(handed.left_out.items())).encode())
    return handed, total.hexdigest()


def read_timestamp(course: Course, student: str) -> datetime.datetime | None:
    """When the lab was handed in, from nbgrader's timestamp.txt, if that is there and can be read."""
    path = course.submission(student) / "timestamp.txt"
    with contextlib.suppress(OSError, ValueError, OverflowError):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 200:
            return parse_utc(path.read_text().strip())
    return None
