"""Our tables for what people decide about proofs. nbgrader's own scores and comments stay what counts.

Points stand with `out_of`, the points of the question when they were written: a release may change these, and then
nbgrader's manual scores are scaled (see carry.py) and so are ours, when they are next opened.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Integer, MetaData, String, Table, Text

_TABLES = MetaData()


def _place(key: bool = True) -> list[Column]:
    """The columns that say which question of which lab."""
    return [Column(name, String(128), primary_key=key, nullable=False) for name in ("lab", "notebook", "cell")]


#: what a person may find in an answer: words, and the points that they give or take
RUBRIC = Table(
    "autograder_rubric",
    _TABLES,
    Column("id", String(32), primary_key=True),
    *_place(key=False),
    Column("position", Integer, nullable=False),
    Column("points", Float, nullable=False),
    Column("words", Text, nullable=False),
    Column("out_of", Float, nullable=False),
    Column("removed", Boolean, nullable=False),
)
#: which of them an answer has, a note beside them, and the score and comment that this wrote into nbgrader's tables
MARKS = Table(
    "autograder_mark",
    _TABLES,
    *_place(),
    Column("student", String(128), primary_key=True),
    Column("items", Text, nullable=False),  # JSON: a list of ids
    Column("note", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("out_of", Float, nullable=False),
)
#: who decided what, and when; `before` is what undoing brings back, as JSON
DECISIONS = Table(
    "autograder_decision",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("batch", String(32), nullable=False),
    Column("who", String(128), nullable=False),
    Column("at", String(32), nullable=False),
    *_place(key=False),
    Column("student", String(128), nullable=False),
    Column("action", String(32), nullable=False),
    Column("score", Float),
    Column("comment", Text),
    Column("before", Text, nullable=False),
    Column("undone", Boolean, nullable=False),
)
#: answers that somebody has before them, until when (seconds since 1970)
HOLDS = Table(
    "autograder_hold",
    _TABLES,
    *_place(),
    Column("student", String(128), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("who", String(128), nullable=False),
    Column("until", Float, nullable=False),
)
#: answers that were taken out of their group
APART = Table("autograder_apart", _TABLES, *_place(), Column("student", String(128), primary_key=True))
#: a student's questions about a grade, and what was answered
REQUESTS = Table(
    "autograder_request",
    _TABLES,
    Column("id", String(32), primary_key=True),
    *_place(key=False),
    Column("student", String(128), nullable=False),
    Column("question", Text, nullable=False),
    Column("asked", String(32), nullable=False),
    Column("reply", Text),
    Column("who", String(128)),
    Column("replied", String(32)),
)
ALL = (RUBRIC, MARKS, DECISIONS, HOLDS, APART, REQUESTS)
