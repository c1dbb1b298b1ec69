"""What lies in submitted/, and class downloads of Moodle or Canvas that are put there."""

from __future__ import annotations

from autograder.collect.carried import read_carried
from autograder.collect.classlist import Student, read_students, write_students
from autograder.collect.collect import collect
from autograder.collect.lms import folder_name, same_name
from autograder.collect.people import UNCERTAIN, of_people
from autograder.collect.recipients import Recipient, read_recipients
from autograder.collect.submitted import (
    all_submissions,
    find_submissions,
    read_submission,
    read_timestamp,
    read_timestamps,
)
from autograder.collect.worksheet import Row, Worksheet, read_worksheet

__all__ = [
    "UNCERTAIN",
    "Recipient",
    "Row",
    "Student",
    "Worksheet",
    "all_submissions",
    "collect",
    "find_submissions",
    "folder_name",
    "of_people",
    "read_carried",
    "read_recipients",
    "read_students",
    "read_submission",
    "read_timestamp",
    "read_timestamps",
    "read_worksheet",
    "same_name",
    "write_students",
]
