"""What the gradebook says of a class is what nbgrader says, in as many queries for a large class as for a small one."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Comment, Grade, SubmittedNotebook
from sqlalchemy import event, update

from autograder.course import Course
from autograder.record import Writer, read_lines, read_sheets
from autograder.report.analysis import read_class
from autograder.report.scores import read_scores
from tests.record.conftest import PROOFS

MakeClass = Callable[[dict[str, dict[str, str]]], Course]
LATE = """
[penalty]
percent_per_day = 10
[due]
lab03 = 2026-12-01T18:00:00+01:00
"""


def make(proof_class: MakeClass, students: int) -> Course:
    course = proof_class({f"s{number:02}": dict.fromkeys(PROOFS, f"By {number}.") for number in range(students)})
    (course.root / "late.toml").write_text(LATE)
    for number in range(students):
        folder = course.submission(f"s{number:02}")
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-12-02 12:00:00 UTC")
    with Writer(course) as writer:
        session = writer.gradebook.db
        session.execute(update(Grade).where(Grade.needs_manual_grade).values(manual_score=1.5, extra_credit=0.25))
        session.execute(update(Comment).values(manual_comment="Well done."))
        session.commit()
        writer.apply_late_rules()
    return course


@contextmanager
def queries(writer: Writer) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the gradebook meanwhile, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append((statement, values))

    event.listen(writer.gradebook.engine, "before_cursor_execute", note)
    yield sent
    event.remove(writer.gradebook.engine, "before_cursor_execute", note)


def test_sheets_say_what_nbgrader_says(proof_class: MakeClass) -> None:
    course = make(proof_class, 3)
    with Writer(course) as writer:
        sheets = writer.sheets()
        submissions = writer.submissions()
        assert list(sheets) == list(submissions) and len(sheets) == 3
        for student, submission in submissions.items():
            sheet = sheets[student]
            assert sheet.score == pytest.approx(submission.score) and sheet.score > 0
            assert sheet.maximum == pytest.approx(submission.max_score) and sheet.maximum > 0
            assert sheet.penalty == pytest.approx(submission.late_submission_penalty) and sheet.penalty > 0
            assert sheet.needs_person == submission.needs_manual_grade
            assert sheet.timestamp == submission.timestamp
            for book in submission.notebooks:
                own = sheet.books[book.name]
                assert (own.score, own.maximum) == (pytest.approx(book.score), pytest.approx(book.max_score))
                assert own.comments == {comment.name: comment.comment for comment in book.comments}
                assert {name: (cell.score, cell.maximum, cell.manual) for name, cell in own.cells.items()} == {
                    grade.name: (grade.score, grade.max_score, grade.manual_score) for grade in book.grades
                }
        session = writer.gradebook.db
        assert read_sheets(session, course.lab, "s01") == {"s01": sheets["s01"]}
        for name, book in sheets["s01"].books.items():
            assert read_sheets(session, course.lab, "s01", name)["s01"].books == {name: book}
        assert read_sheets(session, "another", "s01") == read_sheets(session, course.lab, "nobody") == {}


@pytest.mark.parametrize(
    "read",
    [
        lambda writer: read_class(writer, "lab03", [], {}),
        lambda writer: read_lines(writer.gradebook, "lab03"),
        lambda writer: read_scores(writer),
        lambda writer: writer.apply_late_rules(),
    ],
    ids=["report", "export", "scores", "late rules"],
)
def test_a_larger_class_needs_no_more_queries(proof_class: MakeClass, tmp_path: Path, read: Any) -> None:
    counts = []
    for students in (2, 7):
        shutil.rmtree(tmp_path / "course", ignore_errors=True)
        with Writer(make(proof_class, students)) as writer, queries(writer) as sent:
            read(writer)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_one_sheet_is_found_by_index(proof_class: MakeClass) -> None:
    course = make(proof_class, 2)
    with Writer(course) as writer:
        with queries(writer) as sent:
            read_sheets(writer.gradebook.db, course.lab, "s01")
        connection = writer.gradebook.db.connection()
        plans = [
            step[3]
            for statement, values in sent
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    large = (Grade.__tablename__, Comment.__tablename__, SubmittedNotebook.__tablename__)
    assert len(plans) > 5 and not [step for step in plans if step.startswith("SCAN") and step.split()[1] in large]
