"""The only writer: results go into nbgrader's gradebook, one transaction a submission.

Beside nbgrader's tables stands one of ours, `autograder_result`, with what was found (checks, messages,
repairs) and a digest of what it was found from. It is written in the same transaction, so a run that is
killed leaves each submission either recorded whole or not at all.
"""

from __future__ import annotations

import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Column, MetaData, String, Table, Text, delete, insert, select

from autograder.course import Course
from autograder.results import CellGrade, NotebookResult, SubmissionResult

RESULTS = Table(
    "autograder_result",
    MetaData(),
    Column("student", String(128), primary_key=True),
    Column("lab", String(128), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("result", Text, nullable=False),
)
NOTES = Table(
    "autograder_note",  # of a lab: the seed of its tests, the digest of the masters in the gradebook
    MetaData(),
    Column("lab", String(128), primary_key=True),
    Column("key", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)


class Writer:
    """An open gradebook of one lab. Use it as a context manager."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._gradebook = Gradebook(course.database_url, course.config().CourseDirectory.course_id)
        self._session = self._gradebook.db
        for table in (RESULTS, NOTES):
            table.create(self._gradebook.engine, checkfirst=True)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._session.rollback()
        self._gradebook.close()

    # ------------------------------------------------------------------ notes and results

    def note(self, key: str) -> str | None:
        query = select(NOTES.c.value).where(NOTES.c.lab == self._course.lab, NOTES.c.key == key)
        return self._session.execute(query).scalar()

    def set_note(self, key: str, value: str) -> None:
        self._session.execute(delete(NOTES).where(NOTES.c.lab == self._course.lab, NOTES.c.key == key))
        self._session.execute(insert(NOTES).values(lab=self._course.lab, key=key, value=value))
        self._session.commit()

    def digests(self) -> dict[str, str]:
        """The digest of each student's submission as it was last recorded."""
        query = select(RESULTS.c.student, RESULTS.c.digest).where(RESULTS.c.lab == self._course.lab)
        return {student: digest for student, digest in self._session.execute(query)}

    def results(self) -> list[SubmissionResult]:
        """All recorded results of the lab, by student."""
        query = select(RESULTS.c.result).where(RESULTS.c.lab == self._course.lab).order_by(RESULTS.c.student)
        return [SubmissionResult.from_json(text) for text in self._session.execute(query).scalars()]

    def result(self, student: str) -> SubmissionResult | None:
        query = select(RESULTS.c.result).where(RESULTS.c.lab == self._course.lab, RESULTS.c.student == student)
        text = self._session.execute(query).scalar()
        return SubmissionResult.from_json(text) if text else None

    def submissions(self) -> dict[str, SubmittedAssignment]:
        """nbgrader's own records of the lab, with manual scores and penalties, by student."""
        query = select(SubmittedAssignment).join(Assignment).where(Assignment.name == self._course.lab)
        return {submission.student_id: submission for submission in self._session.execute(query).scalars()}

    # ------------------------------------------------------------------ writing

    def record(self, result: SubmissionResult, timestamp: datetime.datetime | None) -> None:
        """Write one submission, in one transaction. Manual scores and comments stay."""
        before = self.result(result.student)
        try:
            submission = self._submission(result.student)
            submission.timestamp = timestamp
            for book in result.notebooks:
                old = next((each for each in before.notebooks if each.name == book.name), None) if before else None
                self._notebook(submission, book, old)
            row = {"student": result.student, "lab": self._course.lab}
            self._session.execute(delete(RESULTS).filter_by(**row))
            self._session.execute(insert(RESULTS).values(**row, digest=result.digest, result=result.to_json()))
            self._session.commit()
        except BaseException:
            self._session.rollback()
            raise

    def _submission(self, student: str) -> SubmittedAssignment:
        """The submission's record, made with empty grades and comments where it is new."""
        session = self._session
        assignment = session.execute(select(Assignment).where(Assignment.name == self._course.lab)).scalar_one()
        if session.get(Student, student) is None:
            session.add(Student(id=student))
        query = select(SubmittedAssignment).where(
            SubmittedAssignment.assignment_id == assignment.id, SubmittedAssignment.student_id == student
        )
        submission = session.execute(query).scalar()
        if submission is None:
            submission = SubmittedAssignment(assignment_id=assignment.id, student_id=student)
            session.add(submission)
            session.flush()
            for notebook in assignment.notebooks:
                own = SubmittedNotebook(notebook_id=notebook.id, assignment_id=submission.id)
                session.add(own)
                session.flush()
                for cell in [*notebook.grade_cells, *notebook.task_cells]:
                    session.add(Grade(cell_id=cell.id, notebook_id=own.id))
                for cell in [*notebook.solution_cells, *notebook.task_cells]:
                    session.add(Comment(cell_id=cell.id, notebook_id=own.id))
            session.flush()
        return submission

    def _notebook(self, submission: SubmittedAssignment, book: NotebookResult, old: NotebookResult | None) -> None:
        query = (
            select(SubmittedNotebook)
            .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
            .where(SubmittedNotebook.assignment_id == submission.id, Notebook.name == book.name)
        )
        notebook = self._session.execute(query).scalar_one()
        for grade in notebook.grades:
            cell = book.cells[grade.cell.name]
            before = old.cells.get(grade.cell.name) if old else None
            grade.needs_manual_grade = needs_person(grade, cell, before)
            grade.auto_score = cell.points
        if book.status in ("refused", "failed"):
            min(notebook.grades, key=lambda grade: grade.cell.name).needs_manual_grade = True
        for comment in notebook.comments:
            if book.reason:
                comment.auto_comment = book.reason
            else:
                comment.auto_comment = "No response." if comment.cell.name in book.unwritten else None


def needs_person(grade: Grade, cell: CellGrade, before: CellGrade | None) -> bool:
    """Whether a person has to look: at a proof not graded yet, at an answer that was flagged, or at a manual score
    of another answer or outcome.
    """
    if grade.manual_score is None:
        return cell.points is None or cell.flagged
    same = before is not None and before.points == cell.points and before.answer == cell.answer
    return bool(grade.needs_manual_grade) if same else True
