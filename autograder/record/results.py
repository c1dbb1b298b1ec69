"""The tables that stand beside nbgrader's: what was found in a submission, and notes of a lab."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, String, Table, Text, inspect, select
from sqlalchemy.orm import Session

from autograder.course import SubmissionResult

RESULTS = Table(
    "autograder_result",
    MetaData(),
    Column("student", String(128), primary_key=True),
    Column("lab", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("result", Text, nullable=False),
)
NOTES = Table(
    "autograder_note",  # of a lab: the secret that its seeds follow from, the digest of the masters in the gradebook
    MetaData(),
    Column("lab", String(128), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)


def read_result(session: Session, lab: str, student: str) -> SubmissionResult | None:
    """What was recorded of one submission; None where this package did not grade it."""
    if not inspect(session.connection()).has_table(RESULTS.name):
        return None
    query = select(RESULTS.c.result).where(RESULTS.c.lab == lab, RESULTS.c.student == student)
    text = session.execute(query).scalar()
    return SubmissionResult.from_json(text) if text else None
