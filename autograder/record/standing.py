"""How the answers to one question stand: nbgrader's score and comment, ours, and whether they are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from autograder.record.proof_tables import MARKS


@dataclass(frozen=True)
class Place:
    """A question: the lab, the notebook and the grade id of the answer's cell."""

    lab: str
    notebook: str
    cell: str

    @property
    def row(self) -> dict[str, str]:
        """The place as the columns of our tables."""
        return dict(vars(self))


@dataclass(frozen=True)
class Mark:
    """What was decided here: items of the rubric, a note, and the score (points) and comment that these wrote."""

    items: tuple[str, ...]
    note: str
    score: float
    comment: str


@dataclass(frozen=True)
class Standing:
    """One answer. `grade` and `remark` are the ids of nbgrader's rows; `automatic` is nbgrader's own comment."""

    student: str
    grade: str
    remark: str | None
    score: float | None
    automatic_score: float | None
    waits: bool
    comment: str
    automatic: str
    mark: Mark | None = field(default=None)

    @property
    def ours(self) -> bool:
        """Whether score and comment are those that were decided here."""
        mark = self.mark
        return mark is not None and same(self.score, mark.score) and self.comment == mark.comment

    @property
    def foreign(self) -> bool:
        """Whether score or comment were typed elsewhere, in formgrader: nothing here may overwrite them."""
        return not self.ours and (self.score is not None or bool(self.comment))

    @property
    def version(self) -> str:
        """A digest of how the answer stands: a decision counts only if it is still what its writer has seen."""
        mark = self.mark and [*self.mark.items, self.mark.note]
        shown = json.dumps([self.score, self.automatic_score, self.waits, self.comment, mark])
        return hashlib.sha256(shown.encode(errors="replace")).hexdigest()[:32]

    @property
    def done(self) -> bool:
        """Whether nobody has to look at it any more."""
        return not self.waits and (self.score is not None or self.automatic_score is not None)


def same(one: float | None, other: float | None) -> bool:
    """Whether two scores are the same up to rounding."""
    return one is not None and other is not None and abs(one - other) < 1e-6


def question_points(session: Session, place: Place) -> float | None:
    """The most points of a question in the gradebook; None where it is not there."""
    query = select(GradeCell.max_score).join(Notebook, Notebook.id == GradeCell.notebook_id).join(Assignment)
    query = query.where(Assignment.name == place.lab, Notebook.name == place.notebook, GradeCell.name == place.cell)
    return session.execute(query).scalar()


def standings(session: Session, place: Place, students: Iterable[str] | None = None) -> dict[str, Standing]:
    """The answers to a question that the gradebook knows, by student; all of them, or those of some students."""
    wanted = None if students is None else set(students)
    columns = Comment.id, Comment.manual_comment, Comment.auto_comment
    comments = {}
    for row in session.execute(of_place(select(SubmittedNotebook.id, *columns), Comment, SolutionCell, place)):
        comments[row[0]] = (row[1], row[2] or "", row[3] or "")
    marks = {
        row["student"]: Mark(tuple(json.loads(row["items"])), row["note"], row["score"], row["comment"])
        for row in session.execute(select(MARKS).filter_by(**place.row)).mappings()
    }
    found = {}
    grades = Grade.id, Grade.manual_score, Grade.auto_score, Grade.needs_manual_grade
    query = of_place(select(SubmittedNotebook.id, SubmittedAssignment.student_id, *grades), Grade, GradeCell, place)
    for notebook, student, grade, manual, auto, waits in session.execute(query):
        if wanted is None or student in wanted:
            remark, comment, automatic = comments.get(notebook, (None, "", ""))
            found[student] = Standing(
                student, grade, remark, manual, auto, bool(waits), comment, automatic, marks.get(student)
            )
    return found


def of_place(query: Select[Any], rows: Any, kind: Any, place: Place) -> Select[Any]:
    """A query for nbgrader's grades or comments (`rows`) of one cell of a lab; `kind` is what the cell is to them."""
    cells = BaseCell.__table__.alias()
    return (
        query.select_from(rows)
        .join(SubmittedNotebook, SubmittedNotebook.id == rows.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(cells, cells.c.id == rows.cell_id)
        .where(
            Assignment.name == place.lab,
            Notebook.name == place.notebook,
            cells.c.name == place.cell,
            cells.c.type == kind.__name__,
        )
    )
