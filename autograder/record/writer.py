"""The only writer: results go into nbgrader's gradebook, one transaction a submission.

Beside nbgrader's tables stands one of ours, `autograder_result`, with what was found (checks, messages,
repairs) and a digest of what it was found from. It is written in the same transaction, so a run that is
killed leaves each submission either recorded whole or not at all. What people decide about proofs has tables
of its own (see proof_tables.py).
"""

from __future__ import annotations

import datetime
import fcntl
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import delete, insert, make_url, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import selectinload

from autograder.collect import read_students, read_timestamps
from autograder.course import Course, CourseError, SubmissionResult, lab_digest
from autograder.record.carry import ARCHIVE, CarryOver
from autograder.record.late import LatePenalty, read_rules, without_time
from autograder.record.patience import patient, patiently
from autograder.record.proof_tables import ALL as PROOF_TABLES
from autograder.record.results import NOTES, RESULTS, read_result
from autograder.record.rows import LabRows
from autograder.record.sheets import Sheet, read_sheets
from autograder.record.stamp import stamp


class Writer:
    """An open gradebook of one lab. Use it as a context manager. CourseError if it cannot be opened."""

    def __init__(self, course: Course) -> None:
        self._course = course
        try:
            with open(course.root / ".gradebook.lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # a new gradebook is made by one process while others wait
                self._gradebook = patiently(self._open)
        except (SQLAlchemyError, ImportError, OSError) as error:
            where = make_url(course.database_url).render_as_string(hide_password=True)
            raise CourseError(f"The gradebook {where} cannot be opened: {str(error).splitlines()[0]}") from None
        self._session = self._gradebook.db
        self._rows: LabRows | None = None  # of the lab as it is during a run

    def _open(self) -> Gradebook:
        stamp(self._course.database_url)
        gradebook = Gradebook(self._course.database_url, self._course.config().CourseDirectory.course_id)
        for table in (RESULTS, NOTES, ARCHIVE, *PROOF_TABLES):
            table.create(gradebook.engine, checkfirst=True)
        return gradebook

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *exception: Any) -> None:
        self._session.rollback()
        self._gradebook.close()

    def undo(self) -> None:
        """Forget what was not committed."""
        self._session.rollback()

    @property
    def gradebook(self) -> Gradebook:
        """nbgrader's gradebook, for its plugins."""
        return self._gradebook

    # ------------------------------------------------------------------ notes and results

    @patient
    def note(self, key: str) -> str | None:
        query = select(NOTES.c.value).where(NOTES.c.lab == self._course.lab, NOTES.c.key == key)
        return self._session.execute(query).scalar()

    @patient
    def set_note(self, key: str, value: str) -> None:
        self._put_note(key, value)
        self._session.commit()

    def _put_note(self, key: str, value: str) -> None:
        self._session.execute(delete(NOTES).where(NOTES.c.lab == self._course.lab, NOTES.c.key == key))
        self._session.execute(insert(NOTES).values(lab=self._course.lab, key=key, value=value))

    @patient
    def digests(self) -> dict[str, str]:
        """The digest of each student's submission as it was last recorded."""
        query = select(RESULTS.c.student, RESULTS.c.digest).where(RESULTS.c.lab == self._course.lab)
        return {student: digest for student, digest in self._session.execute(query)}

    @patient
    def results(self) -> list[SubmissionResult]:
        """All recorded results of the lab, by student."""
        query = select(RESULTS.c.result).where(RESULTS.c.lab == self._course.lab).order_by(RESULTS.c.student)
        return [SubmissionResult.from_json(text) for text in self._session.execute(query).scalars()]

    @patient
    def result(self, student: str) -> SubmissionResult | None:
        return read_result(self._session, self._course.lab, student)

    @patient
    def students(self) -> list[str]:
        """Everybody whom the gradebook knows, whether they handed this lab in or not."""
        return list(self._session.execute(select(Student.id)).scalars())

    @patient
    def has_submissions(self) -> bool:
        """Whether anybody's submission to the lab is in the gradebook."""
        query = select(SubmittedAssignment.id).join(Assignment).where(Assignment.name == self._course.lab)
        return self._session.execute(query.limit(1)).scalar() is not None

    @patient
    def waiting(self) -> set[str]:
        """The students with something that a person has to look at."""
        query = (
            select(SubmittedAssignment.student_id)
            .join(Assignment)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .where(Assignment.name == self._course.lab, Grade.needs_manual_grade)
            .distinct()
        )
        return set(self._session.execute(query).scalars())

    @patient
    def submissions(self) -> dict[str, SubmittedAssignment]:
        """nbgrader's own records of the lab, with manual scores and penalties, by student."""
        query = select(SubmittedAssignment).join(Assignment).where(Assignment.name == self._course.lab)
        query = query.options(selectinload(SubmittedAssignment.notebooks))
        return {submission.student_id: submission for submission in self._session.execute(query).scalars()}

    @patient
    def sheets(self) -> dict[str, Sheet]:
        """Points, comments and penalties of all submissions to the lab, by student."""
        return read_sheets(self._session, self._course.lab)

    # ------------------------------------------------------------------ writing

    @patient
    def record(self, result: SubmissionResult, timestamp: datetime.datetime | None) -> None:
        """Write one submission, in one transaction. Manual scores and comments stay."""
        if self._rows is None:
            self._rows = LabRows(self._session, self._course.lab)
        try:
            self._rows.write(result, self.result(result.student), timestamp)
            row = {"student": result.student, "lab": self._course.lab}
            self._session.execute(delete(RESULTS).filter_by(**row))
            self._session.execute(insert(RESULTS).values(**row, digest=result.digest, result=result.to_json()))
            self._session.commit()
        except BaseException:
            self._session.rollback()
            raise

    @patient
    def carry_over(self, fresh_url: str) -> list[str]:
        """Make the lab like the one in a fresh gradebook, without a commit. Returns what that does, in words."""
        query = select(Assignment).where(Assignment.name == self._course.lab)
        old = self._session.execute(query).scalar_one()
        with Gradebook(fresh_url, old.course_id) as fresh:
            return CarryOver(self._session, old, fresh.find_assignment(self._course.lab)).lines

    def commit_release(self) -> None:
        """Commit what carry_over did, and which masters the gradebook now has."""
        if self.has_submissions():
            try:
                self._put_note("masters", lab_digest(self._course))
                self._session.commit()  # which cannot be tried again: what it was to commit is gone
            except OperationalError as error:
                raise CourseError(
                    f"The gradebook was not carried over ({error.orig}): close what uses it, and run this again."
                ) from None

    @patient
    def apply_late_rules(self) -> list[str]:
        """Bring due date, extensions and penalties in line with late.toml and the scores as they stand now.

        Returns what is odd, in lines for people: who counts as in time because nobody knows when they handed in.
        Without the file nothing is touched.
        """
        lab = self._course.lab
        plugin = LatePenalty(config=self._course.config())
        rules = read_rules(Path(plugin.file))
        assignment = self._session.execute(select(Assignment).where(Assignment.name == lab)).scalar()
        if rules is None or assignment is None:
            return []
        assignment.duedate = rules.due.get(lab)
        submissions, sheets = self.submissions(), self.sheets()
        times, odd = read_timestamps(self._course, submissions)
        for student, submission in submissions.items():
            if student in times:  # it may have come, or changed, after grading
                submission.timestamp = times[student]
            submission.extension = rules.extension(lab, student)
            late = submission.total_seconds_late
            for notebook in submission.notebooks:
                score = sheets[student].books[notebook.name].score
                notebook.late_submission_penalty = rules.penalty(score, late) or None
        untimed = [student for student, submission in submissions.items() if submission.timestamp is None]
        self._session.commit()
        unknown = [name for name in rules.extensions.get(lab, {}) if self._session.get(Student, name) is None]
        odd += [f"late.toml: {name} has an extension, but is in no gradebook and no students.csv" for name in unknown]
        return odd + (without_time(untimed, lab) if lab in rules.due else [])

    @patient
    def import_students(self, path: Path) -> None:
        """Bring the class list into the gradebook, if there is one. CourseError if it is not as it should be.

        What it leaves empty stays as it is in the gradebook.
        """
        for student in read_students(path):
            details = {key: value for key, value in asdict(student).items() if value}
            self._gradebook.update_or_create_student(details.pop("id"), **details)
