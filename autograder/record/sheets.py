"""What the gradebook says of submissions: points, comments and penalties, in as many queries for a class as for one.

nbgrader's objects ask the gradebook once for each score, and each time all grades are read, since there is no index by
notebook. These queries go by the cells of the lab, which have one.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Graded:
    """One cell that has points. `score` is what counts: a person's score, else the automatic one, else 0."""

    score: float
    maximum: float
    manual: float | None
    needs_person: bool

    @property
    def waits(self) -> bool:
        """Whether a person still has to give its points."""
        return self.needs_person and self.manual is None


@dataclass(slots=True)
class BookSheet:
    """One notebook of a submission: its cells by grade id, comments that stand (None where there is none)."""

    name: str
    maximum: float
    penalty: float | None
    cells: dict[str, Graded] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Points earned, without the penalty."""
        return math.fsum(cell.score for cell in self.cells.values())


@dataclass(slots=True)
class Sheet:
    """One submission to a lab. `timestamp` is UTC without a zone."""

    student: str
    timestamp: datetime.datetime | None
    maximum: float
    books: dict[str, BookSheet] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Points earned, without penalties."""
        return math.fsum(cell.score for book in self.books.values() for cell in book.cells.values())

    @property
    def penalty(self) -> float:
        """Points that lateness takes."""
        return math.fsum(book.penalty or 0.0 for book in self.books.values())

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look at a cell of it."""
        return any(cell.needs_person for book in self.books.values() for cell in book.cells.values())


@dataclass(frozen=True)
class Cells:
    """The cells of one notebook of a lab, by their id in the gradebook: names, and most points where they have any."""

    notebook: str
    points: dict[str, tuple[str, float | None]]

    @property
    def maximum(self) -> float:
        return math.fsum(most or 0.0 for _, most in self.points.values())


def read_sheets(
    session: Session, lab: str, student: str | None = None, notebook: str | None = None
) -> dict[str, Sheet]:
    """The submissions to a lab by student: of all, or of one, and of all notebooks, or one.

    None where the gradebook has no such lab.
    """
    books = cells_of(session, lab, notebook)
    maximum = math.fsum(book.maximum for book in books.values())
    own = SubmittedAssignment
    query = select(own.id, own.student_id, own.timestamp).join(Assignment).where(Assignment.name == lab)
    found = session.execute(query if student is None else query.where(own.student_id == student))
    sheets = {id: Sheet(name, timestamp, maximum) for id, name, timestamp in found}
    for id, book in books.items():
        read_book(session, id, book, sheets, only=student is not None)
    return {sheet.student: sheet for sheet in sheets.values()}


def read_book(session: Session, id: str, book: Cells, sheets: dict[str, Sheet], only: bool) -> None:
    """Add one notebook to the sheets of submissions, which are by id; `only`: there are others than these."""
    table = SubmittedNotebook
    query = select(table.id, table.assignment_id, table.late_submission_penalty).where(table.notebook_id == id)
    found = session.execute(query.where(table.assignment_id.in_(sheets)) if only else query).all()
    own = {row: BookSheet(book.notebook, book.maximum, penalty) for row, _, penalty in found}
    for row, submission, _ in found:
        sheets[submission].books[book.notebook] = own[row]

    def rows(kind: Any, *columns: Any) -> Iterator[Any]:
        query = select(kind.notebook_id, kind.cell_id, *columns).where(kind.cell_id.in_(book.points))
        yield from session.execute(query.where(kind.notebook_id.in_(own)) if only else query)

    for row, cell, score, manual, needs in rows(Grade, Grade.score, Grade.manual_score, Grade.needs_manual_grade):
        name, most = book.points[cell]
        own[row].cells[name] = Graded(float(score), most or 0.0, manual, bool(needs))
    for row, cell, comment in rows(Comment, Comment.comment):
        own[row].comments[book.points[cell][0]] = comment


def cells_of(session: Session, lab: str, notebook: str | None = None) -> dict[str, Cells]:
    """The notebooks of a lab, or one, by their id in the gradebook, in the order of their names."""
    query = select(Notebook.id, Notebook.name).join(Assignment).where(Assignment.name == lab).order_by(Notebook.name)
    found = session.execute(query if notebook is None else query.where(Notebook.name == notebook))
    books = {id: Cells(name, {}) for id, name in found}
    cells, grade, task = BaseCell.__table__.c, GradeCell.__table__.c, TaskCell.__table__.c
    most = select(cells.id, cells.name, cells.notebook_id, func.coalesce(grade.max_score, task.max_score))
    joined = BaseCell.__table__.outerjoin(GradeCell.__table__, grade.id == cells.id).outerjoin(
        TaskCell.__table__, task.id == cells.id
    )
    for id, name, book, points in session.execute(most.select_from(joined).where(cells.notebook_id.in_(books))):
        books[book].points[id] = name, points
    return books
