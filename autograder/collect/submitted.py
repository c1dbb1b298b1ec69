"""What lies in submitted/: whose it is, its bytes, and when it was handed in."""

from __future__ import annotations

import datetime
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterable

from autograder.course import EXAMPLES, Course, CourseError, parse_moment, student_id
from autograder.intake import HandedIn, read_folder

LONGEST = 200  # bytes of timestamp.txt


def find_submissions(course: Course, student: str | None = None) -> list[str]:
    """The students who handed the lab in. CourseError where there is none, or not the one asked for."""
    if student is not None and not course.submission(student_id(student)).is_dir():
        raise CourseError(f"{course.submission(student)} does not exist: check STUDENT and LAB.")
    for path in sorted(course.submitted.glob("*")):
        if path.is_dir() and not (path / course.lab).is_dir():
            print(f"submitted/{path.name} has no folder {course.lab}: left out", file=sys.stderr)
    found, refused = all_submissions(course)
    for name, advice in refused.items():
        print(f"submitted/{ascii(name)[1:-1]} is not graded: {advice}", file=sys.stderr)
    if student is not None:
        found = [name for name in found if name == student_id(student)]
    if not found:
        raise CourseError(f"There is nothing to grade: put notebooks into {course.submitted}/<student>/{course.lab}/.")
    return found


def all_submissions(course: Course) -> tuple[list[str], dict[str, str]]:
    """The students with a folder for the lab, and folders that cannot be graded, each with what to do about it.

    These have names that neither a gradebook nor a page can hold: with control characters, such as line ends, or from
    an archive that was unpacked in a wrong encoding; or two of them are the same name, written in two ways.
    """
    names = [path.parent.name for path in sorted(course.submitted.glob(f"*/{course.lab}")) if path.is_dir()]
    refused = {name: "give the folder a name that can be shown" for name in names if not name.isprintable()}
    same = Counter(map(student_id, names))
    refused |= {
        name: "another folder has the same name, written otherwise" for name in names if same[student_id(name)] > 1
    }
    return sorted(student_id(name) for name in names if name not in refused), refused


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
    """When the lab was handed in, in UTC, from nbgrader's timestamp.txt; None where there is no such file.

    CourseError, with the file's name and what to write, where it names no single moment.
    """
    path = course.submission(student) / "timestamp.txt"
    where = f"submitted/{student}/{course.lab}/timestamp.txt"
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST:
        raise CourseError(f"{where} is no short file of text: {EXAMPLES}.")
    try:
        return parse_moment(path.read_text(encoding="utf-8-sig").strip())
    except (OSError, ValueError) as error:
        reason = "is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise CourseError(f"{where} cannot be used: {reason}.") from None


def read_timestamps(course: Course, students: Iterable[str]) -> tuple[dict[str, datetime.datetime], list[str]]:
    """When each handed the lab in, as far as that is known; and what is wrong with files of it, in lines."""
    times = {}
    refused = []
    for student in students:
        try:
            if handed_in := read_timestamp(course, student):
                times[student] = handed_in
        except CourseError as error:
            refused.append(str(error))
    return times, refused
