"""A new release under grades that are there already: what stays, what is rescaled, what is archived.

nbgrader itself refuses to add or remove cells once there are submissions. Here the lab in the gradebook is made
like the one in a fresh gradebook, cell by cell, in the transaction of the one writer.
"""

from __future__ import annotations

from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import Column, Float, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.orm import Session

from autograder.course import CourseError

ARCHIVE = Table(
    "autograder_archive",  # what was given for cells that are no longer in the lab
    MetaData(),
    Column("lab", String(128), primary_key=True),
    Column("notebook", String(128), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("student", String(128), primary_key=True),
    Column("max_score", Float),
    Column("auto_score", Float),
    Column("manual_score", Float),
    Column("extra_credit", Float),
    Column("comment", Text),
)
Cells = dict[tuple[str, str], Any]


class CarryOver:
    """Makes the lab `old` of a session like `new`. Commits nothing. `lines` says what it did, for people."""

    def __init__(self, session: Session, old: Assignment, new: Assignment) -> None:
        self.lines: list[str] = []
        self._session = session
        self._lab = old.name
        self._old = old
        books = {book.name: book for book in old.notebooks}
        for name in sorted(set(books) - {book.name for book in new.notebooks}):
            self._remove_notebook(books[name])
        for fresh in new.notebooks:
            self._notebook(books.get(fresh.name) or self._add_notebook(fresh), fresh)
        session.flush()

    def _add_notebook(self, fresh: Notebook) -> Notebook:
        book = Notebook(name=fresh.name, assignment_id=self._old.id, kernelspec=fresh.kernelspec)
        self._session.add(book)
        self._session.flush()
        for submission in self._old.submissions:
            self._session.add(SubmittedNotebook(notebook_id=book.id, assignment_id=submission.id))
        self._session.flush()
        self._session.refresh(book)
        return book

    def _remove_notebook(self, book: Notebook) -> None:
        for cell in cells_of(book).values():
            self._remove_cell(book, cell)
        for each in [*book.submissions, *book.source_cells]:
            self._session.delete(each)
        self._session.flush()
        self._session.delete(book)

    def _notebook(self, book: Notebook, fresh: Notebook) -> None:
        book.kernelspec = fresh.kernelspec
        old, new = cells_of(book), cells_of(fresh)
        for name in {name for _, name in old} & {name for _, name in new}:
            if grading(old, name) and grading(new, name) and grading(old, name) != grading(new, name):
                raise CourseError(
                    f"{book.name}, {name}: is now {grading(new, name)}, was {grading(old, name)}, and there are grades "
                    "for it. Give the cell a new name; the old one's scores are then archived."
                )
        for key in old.keys() - new.keys():
            self._remove_cell(book, old[key])
        for key, cell in new.items():
            if key not in old:
                self._add_cell(book, cell)
            elif key[0] != "SolutionCell":
                self._rescale(book, old[key], cell.max_score)
        self._sources(book, fresh)

    def _rescale(self, book: Notebook, cell: GradeCell | TaskCell, points: float) -> None:
        before, cell.max_score = cell.max_score, points
        given = [grade for grade in cell.grades if grade.manual_score or grade.extra_credit]
        if before == points or not given:
            return
        if not before or not points:
            raise CourseError(
                f"{book.name}, {cell.name}: {len(given)} students have a score given by a person, which cannot be "
                f"carried from {before:g} to {points:g} points. Leave the points, or give the cell a new name."
            )
        for grade in given:
            grade.manual_score = scaled(grade.manual_score, points / before)
            grade.extra_credit = scaled(grade.extra_credit, points / before)
        self.lines.append(
            f"{book.name}, {cell.name}: manual scores of {len(given)} students are scaled "
            f"from {before:g} to {points:g} points"
        )

    def _remove_cell(self, book: Notebook, cell: Any) -> None:
        """Move what students got for a cell to the archive, and delete the cell."""
        rows: dict[str, dict[str, Any]] = {}
        for grade in cell.grades or []:
            row = rows.setdefault(grade.notebook.assignment.student_id, {})
            row |= {key: getattr(grade, key) for key in ("auto_score", "manual_score", "extra_credit")}
            self._session.delete(grade)
        for comment in cell.comments or []:
            rows.setdefault(comment.notebook.assignment.student_id, {})["comment"] = comment.manual_comment
            self._session.delete(comment)
        place = self._place(book, cell)
        self._session.execute(delete(ARCHIVE).filter_by(**place))
        for student, row in rows.items():
            most = getattr(cell, "max_score", None)
            self._session.execute(insert(ARCHIVE).values(**place, student=student, max_score=most, **row))
        if rows:
            what = "comments" if isinstance(cell, SolutionCell) else "scores"
            self.lines.append(f"{book.name}, {cell.name}: {what} of {len(rows)} students are archived")
        self._session.flush()
        self._session.delete(cell)

    def _add_cell(self, book: Notebook, fresh: Any) -> None:
        """Add a cell, with an empty grade and comment for everybody, or what the archive holds."""
        details = (
            {} if isinstance(fresh, SolutionCell) else {"max_score": fresh.max_score, "cell_type": fresh.cell_type}
        )
        cell = type(fresh)(name=fresh.name, notebook_id=book.id, **details)
        self._session.add(cell)
        self._session.flush()
        place = self._place(book, cell)
        kept = {row["student"]: row for row in self._session.execute(select(ARCHIVE).filter_by(**place)).mappings()}
        for own in book.submissions:
            row = kept.get(own.assignment.student_id)
            if not isinstance(cell, SolutionCell):
                grade = Grade(cell_id=cell.id, notebook_id=own.id)
                if row and row["max_score"]:
                    grade.manual_score = scaled(row["manual_score"], cell.max_score / row["max_score"])
                    grade.extra_credit = scaled(row["extra_credit"], cell.max_score / row["max_score"])
                self._session.add(grade)
            if not isinstance(cell, GradeCell):
                note = row["comment"] if row else None
                self._session.add(Comment(cell_id=cell.id, notebook_id=own.id, manual_comment=note))
        if kept:
            self._session.execute(delete(ARCHIVE).filter_by(**place))
            self.lines.append(f"{book.name}, {cell.name}: what the archive holds for {len(kept)} students comes back")

    def _sources(self, book: Notebook, fresh: Notebook) -> None:
        """nbgrader's copies of the locked cells."""
        old = {cell.name: cell for cell in book.source_cells}
        new = {cell.name: cell for cell in fresh.source_cells}
        for name in old.keys() - new.keys():
            self._session.delete(old[name])
        for name, cell in new.items():
            own = old.get(name) or SourceCell(name=name, notebook_id=book.id)
            for key in ("cell_type", "locked", "source", "checksum"):
                setattr(own, key, getattr(cell, key))
            self._session.add(own)

    def _place(self, book: Notebook, cell: Any) -> dict[str, str]:
        return {"lab": self._lab, "notebook": book.name, "cell": cell.name, "kind": type(cell).__name__}


def cells_of(book: Notebook) -> Cells:
    """The cells with grades or comments, by kind and name."""
    cells = [*book.grade_cells, *book.solution_cells, *book.task_cells]
    return {(type(cell).__name__, cell.name): cell for cell in cells}


def grading(cells: Cells, name: str) -> str:
    """How a cell is graded, in words; empty if it is not."""
    if ("TaskCell", name) in cells:
        return "a task"
    if ("GradeCell", name) not in cells:
        return ""
    return "graded by a person" if ("SolutionCell", name) in cells else "graded by tests"


def scaled(points: float | None, factor: float) -> float | None:
    return None if points is None else points * factor
