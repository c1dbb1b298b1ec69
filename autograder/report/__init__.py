"""What people read: feedback, the report, similar answers. Each is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.light import handed_on

if TYPE_CHECKING:
    from autograder.report.feedback import write_feedback
    from autograder.report.feedback_page import AddResults, FeedbackExporter
    from autograder.report.report import write_report
    from autograder.report.scores import read_scores, table
    from autograder.report.similarity import write_similarity
    from autograder.report.texts import Headings, coloured, to_html
    from autograder.report.upload import archive

__all__ = [
    "AddResults",
    "FeedbackExporter",
    "Headings",
    "archive",
    "coloured",
    "read_scores",
    "table",
    "to_html",
    "write_feedback",
    "write_report",
    "write_similarity",
]

__getattr__ = handed_on(
    __name__,
    {
        "upload": ["archive"],
        "feedback": ["write_feedback"],
        "feedback_page": ["AddResults", "FeedbackExporter"],
        "report": ["write_report"],
        "scores": ["read_scores", "table"],
        "similarity": ["write_similarity"],
        "texts": ["Headings", "coloured", "to_html"],
    },
)
