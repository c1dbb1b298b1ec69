"""nbgrader's rows of one submission: its notebooks, grades and comments.

Plain statements in place of nbgrader's objects, which ask the gradebook once for each cell of each submission.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from autograder.course import CellGrade, NotebookResult, SubmissionResult


@dataclass(frozen=True)
class Cells:
    """The cells of one notebook in the gradebook, id → name: those with points, and those with comments."""

    id: str
    graded: dict[str, str]
    commented: dict[str, str]


class LabRows:
    """A lab in the gradebook as it is now, and the rows of submissions to it. Commits nothing."""

    def __init__(self, session: Session, lab: str) -> None:
        self._session = session
        self._assignment = session.execute(select(Assignment.id).where(Assignment.name == lab)).scalar_one()
        books = session.execute(select(Notebook.name, Notebook.id).where(Notebook.assignment_id == self._assignment))
        self._books = {name: self._cells(id) for name, id in books.all()}

    def _cells(self, notebook: str) -> Cells:
        def of(*kinds: Any) -> dict[str, str]:
            cells = BaseCell.__table__.c
            queries = [
                select(cells.id, cells.name).join(kind.__table__).where(cells.notebook_id == notebook) for kind in kinds
            ]
            return {id: name for query in queries for id, name in self._session.execute(query)}

        return Cells(notebook, of(GradeCell, TaskCell), of(SolutionCell, TaskCell))

    def write(
        self, result: SubmissionResult, before: SubmissionResult | None, timestamp: datetime.datetime | None
    ) -> None:
        """Bring the rows of a submission in line with a result. Manual scores and comments stay."""
        submission, known = self._submission(result.student, timestamp)
        earlier = {book.name: book for book in before.notebooks} if before else {}
        for book in result.notebooks:
            cells = self._books[book.name]
            if book.name in known:
                self._update(known[book.name], cells, book, earlier.get(book.name))
            else:
                self._insert(submission, cells, book)

    def _submission(self, student: str, timestamp: datetime.datetime | None) -> tuple[str, dict[str, str]]:
        """The submission's id, and the ids of those of its notebooks that have rows, by name."""
        own = SubmittedAssignment
        query = select(own.id).where(own.assignment_id == self._assignment, own.student_id == student)
        submission = self._session.execute(query).scalar()
        if submission is None:
            if self._session.execute(select(Student.id).where(Student.id == student)).scalar() is None:
                self._session.execute(insert(Student.__table__).values(id=student))
            submission = new_uuid()
            new = {"id": submission, "assignment_id": self._assignment, "student_id": student}
            self._session.execute(insert(own.__table__).values(**new, timestamp=timestamp))
            return submission, {}
        self._session.execute(update(own.__table__).where(own.id == submission).values(timestamp=timestamp))
        books: Select[Any] = select(Notebook.name, SubmittedNotebook.id).join(
            SubmittedNotebook, SubmittedNotebook.notebook_id == Notebook.id
        )
        found = self._session.execute(books.where(SubmittedNotebook.assignment_id == submission))
        return submission, {name: id for name, id in found}

    def _insert(self, submission: str, cells: Cells, book: NotebookResult) -> None:
        """The rows of a notebook that had none."""
        own = new_uuid()
        new = {"id": own, "notebook_id": cells.id, "assignment_id": submission, "flagged": False}
        self._session.execute(insert(SubmittedNotebook.__table__).values(new))
        grades = []
        for cell, name in cells.graded.items():
            grade = book.cells[name]
            looked_at = needs_person(None, False, grade, None) or name == unread(book, cells.graded.values())
            row = {"id": new_uuid(), "cell_id": cell, "notebook_id": own, "auto_score": grade.points}
            grades.append({**row, "needs_manual_grade": looked_at})
        comments = [
            {"id": new_uuid(), "cell_id": cell, "notebook_id": own, "auto_comment": remark(book, name)}
            for cell, name in cells.commented.items()
        ]
        for table, rows in ((Grade.__table__, grades), (Comment.__table__, comments)):
            if rows:
                self._session.execute(insert(table), rows)

    def _update(self, own: str, cells: Cells, book: NotebookResult, before: NotebookResult | None) -> None:
        """The rows of a notebook that was recorded before, by this package or by nbgrader."""
        columns = Grade.id, Grade.cell_id, Grade.manual_score, Grade.needs_manual_grade
        grades = []
        # by cells, too: there is no index by notebook
        query = select(*columns).where(Grade.notebook_id == own, Grade.cell_id.in_(cells.graded))
        for id, cell, manual, waits in self._session.execute(query):
            name = cells.graded[cell]
            looked_at = needs_person(manual, waits, book.cells[name], before.cells.get(name) if before else None)
            looked_at = looked_at or name == unread(book, cells.graded.values())
            grades.append({"row": id, "auto_score": book.cells[name].points, "needs_manual_grade": looked_at})
        remarks = select(Comment.id, Comment.cell_id).where(Comment.notebook_id == own)
        found = self._session.execute(remarks.where(Comment.cell_id.in_(cells.commented)))
        comments = [{"row": id, "auto_comment": remark(book, cells.commented[cell])} for id, cell in found]
        for table, rows in ((Grade.__table__, grades), (Comment.__table__, comments)):
            if rows:
                self._session.execute(update(table).where(table.c.id == bindparam("row")), rows)


def remark(book: NotebookResult, cell: str) -> str | None:
    """nbgrader's automatic comment on an answer."""
    return book.reason or ("No response." if cell in book.unwritten else None)


def unread(book: NotebookResult, names: Iterable[str]) -> str | None:
    """The cell at which a person is asked to look at a notebook that was not graded."""
    return min(names) if book.status in ("refused", "failed") else None


def needs_person(manual: float | None, waits: bool, cell: CellGrade, before: CellGrade | None) -> bool:
    """Whether a person has to look: at a proof not graded yet, at an answer that was flagged, or at a manual score
    of another answer or outcome. `waits` is what the gradebook said until now.
    """
    if manual is None:
        return cell.points is None or cell.flagged
    same = before is not None and before.points == cell.points and before.answer == cell.answer
    return waits if same else True
