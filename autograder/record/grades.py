"""The grades of a class as other systems get them: a status that tells no grade from a zero, penalties taken off."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nbgrader.api import Gradebook
from sqlalchemy import inspect, select

from autograder.course import SubmissionResult
from autograder.record.results import RESULTS
from autograder.record.sheets import cells_of, read_sheets


@dataclass(frozen=True)
class Line:
    """The grade of one student.

    `status` is "graded", "zero" (graded, and the score is really 0), "ungraded", "crashed" or "missing"; with the last
    three there is no grade, and `score` is None.
    """

    student: str
    first_name: str
    last_name: str
    email: str
    lms_user_id: str
    status: str
    score: float | None
    maximum: float
    before_penalty: float
    penalty: float
    submitted: str
    notebooks: dict[str, float]
    maxima: dict[str, float]

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.student


def read_lines(gradebook: Gradebook, lab: str, waiting: set[str] = frozenset()) -> list[Line]:  # type: ignore[assignment]
    """The grades of all students that the gradebook knows. `waiting`: those whose submission is not graded as it is."""
    maxima = {book.notebook: book.maximum for book in cells_of(gradebook.db, lab).values()}
    sheets = read_sheets(gradebook.db, lab)
    results = read_results(gradebook, lab)
    students = {student.id: student for student in gradebook.students}
    lines = []
    for name in sorted({*students, *waiting}):
        sheet = sheets.get(name)
        status, raw, penalty = "missing", 0.0, 0.0
        if sheet is not None:
            raw, penalty = sheet.score, sheet.penalty
            status = status_of(results.get(name), sheet.needs_person)
        if name in waiting:
            status = "ungraded"
        score = round(max(0.0, raw - penalty), 2) if status == "graded" else None
        details = {key: getattr(students.get(name), key, None) or "" for key in ("first_name", "last_name", "email")}
        lines.append(
            Line(
                student=name,
                **details,
                lms_user_id=getattr(students.get(name), "lms_user_id", None) or "",
                status="zero" if score == 0 else status,
                score=score,
                maximum=math.fsum(maxima.values()),
                before_penalty=round(raw, 2),
                penalty=round(penalty, 2),
                submitted=f"{sheet.timestamp} UTC" if sheet and sheet.timestamp else "",
                notebooks={book.name: round(book.score, 2) for book in sheet.books.values()} if sheet else {},
                maxima=maxima,
            )
        )
    return lines


def read_results(gradebook: Gradebook, lab: str) -> dict[str, SubmissionResult]:
    """What this package recorded, by student; nothing where nbgrader graded alone."""
    if not inspect(gradebook.engine).has_table(RESULTS.name):
        return {}
    texts = gradebook.db.execute(select(RESULTS.c.result).where(RESULTS.c.lab == lab)).scalars()
    return {result.student: result for result in map(SubmissionResult.from_json, texts)}


def status_of(result: SubmissionResult | None, needs_person: bool) -> str:
    """Whether a submission that was taken in has its grade."""
    states = {book.status for book in result.notebooks} if result else {"graded"}
    if states == {"missing"}:
        return "missing"
    if not needs_person:
        return "graded"
    return "crashed" if states & {"refused", "failed"} else "ungraded"
