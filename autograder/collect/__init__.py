"""What lies in submitted/, and class downloads of Moodle or Canvas that are put there."""

from __future__ import annotations

from autograder.collect.collect import collect
from autograder.collect.lms import name_and_number
from autograder.collect.submitted import all_submissions, find_submissions, read_submission, read_timestamp

__all__ = [
    "all_submissions",
    "collect",
    "find_submissions",
    "name_and_number",
    "read_submission",
    "read_timestamp",
]
