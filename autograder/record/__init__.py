"""The gradebook: its only writer, what is up to date, what a new release carries over, lateness."""

from __future__ import annotations

from autograder.record.drop import drop_student
from autograder.record.grades import Line, read_lines
from autograder.record.late import LatePenalty
from autograder.record.stamp import stamp
from autograder.record.standing import Standing, read_standing
from autograder.record.up_to_date import VERSION, not_graded, out_of_date
from autograder.record.writer import Writer, only_run, read_result

__all__ = [
    "LatePenalty",
    "Line",
    "Standing",
    "VERSION",
    "Writer",
    "drop_student",
    "not_graded",
    "only_run",
    "out_of_date",
    "read_lines",
    "read_result",
    "read_standing",
    "stamp",
]
