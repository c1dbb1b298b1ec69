"""The gradebook: its only writer, what is up to date, what a release carries over, lateness, decisions of people."""

from __future__ import annotations

from autograder.record.drop import drop_student
from autograder.record.grades import Line, read_lines
from autograder.record.holds import held_by_others, hold
from autograder.record.late import LatePenalty
from autograder.record.ledger import Item, Ledger, Outcome
from autograder.record.lock import only_run
from autograder.record.marking import Marking
from autograder.record.old_grades import OldGrades, is_old, read_old_grades
from autograder.record.requests import Request, ask, read_requests, reply
from autograder.record.results import read_result
from autograder.record.said import digests_of_said
from autograder.record.sheets import BookSheet, Graded, Sheet, read_sheets
from autograder.record.stamp import stamp
from autograder.record.standing import Place, Standing
from autograder.record.up_to_date import VERSION, not_graded, out_of_date
from autograder.record.writer import Writer

__all__ = [
    "BookSheet",
    "Graded",
    "Sheet",
    "digests_of_said",
    "read_sheets",
    "Item",
    "LatePenalty",
    "Ledger",
    "Line",
    "Marking",
    "OldGrades",
    "Outcome",
    "Place",
    "Request",
    "Standing",
    "VERSION",
    "Writer",
    "ask",
    "drop_student",
    "held_by_others",
    "hold",
    "is_old",
    "not_graded",
    "only_run",
    "out_of_date",
    "read_lines",
    "read_requests",
    "read_result",
    "read_old_grades",
    "reply",
    "stamp",
]
