"""What people read: feedback, the report, similar answers."""

from __future__ import annotations

from autograder.report.feedback import archive, write_feedback
from autograder.report.report import write_report
from autograder.report.scores import read_scores, table
from autograder.report.similarity import write_similarity

__all__ = [
    "archive",
    "read_scores",
    "table",
    "write_feedback",
    "write_report",
    "write_similarity",
]
