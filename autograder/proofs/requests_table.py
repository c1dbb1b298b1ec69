"""Regrade requests from a table that a learning management system, or a person, has written."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Student
from sqlalchemy import select

from autograder.collect import read_recipients
from autograder.course import Course, CourseError
from autograder.proofs.questions import read_questions
from autograder.record import Ledger, Writer, ask

COLUMNS = ("student", "question", "text")
MAX_FILE = 5_000_000  # bytes
MAX_TEXT = 5_000  # characters of a request


@dataclass
class Taken:
    """What became of a table: how many requests are new, how many were known, and the lines that were not taken."""

    new: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join([*self.refused, f"{self.new} requests are new, {self.known} were known already"])


def read_table(course: Course, path: Path, who: str) -> Taken:
    """Note the requests of a CSV file with the columns student, question (the grade id), text. Other columns are left.

    A student is named by folder, e-mail address or number in the learning management system. CourseError if the file
    is no such table; a line that cannot be used is named, and the others are taken.
    """
    taken = Taken()
    try:
        if path.stat().st_size > MAX_FILE:
            raise CourseError(f"{path} is larger than {MAX_FILE // 1_000_000} MB: that is no table of requests.")
        with open(path, newline="", encoding="utf-8-sig") as file, Writer(course) as writer:
            table = csv.DictReader(file)
            names = {(name or "").strip().lower(): name for name in table.fieldnames or []}
            if missing := [name for name in COLUMNS if name not in names]:
                raise CourseError(
                    f"{path} needs a first line with {', '.join(COLUMNS)}; missing: {', '.join(missing)}."
                )
            ledger = Ledger(writer, who)
            students, places = read_students(course, writer), {q.place.cell: q.place for q in read_questions(course)}
            for row in table:
                student, cell, text = ((row[names[name]] or "").strip() for name in COLUMNS)
                known = students.get(student.lower(), set())
                fault = ""
                if len(known) != 1:
                    fault = f"{'several students are' if known else 'no student is'} called '{student[:80]}'"
                elif cell not in places:
                    fault = f"there is no question '{cell[:80]}', only {', '.join(places)}"
                elif not text or len(text) > MAX_TEXT:
                    fault = f"the text is {'too long' if text else 'empty'}"
                if fault:
                    taken.refused.append(f"{path}, line {table.line_num}: {fault}; this request was not taken")
                elif ask(ledger, places[cell], next(iter(known)), text):
                    taken.new += 1
                else:
                    taken.known += 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} cannot be read as a table (CSV in UTF-8): {error}") from None
    return taken


def read_students(course: Course, writer: Writer) -> dict[str, set[str]]:
    """The students by each of their names: folder, e-mail address, number."""
    found: dict[str, set[str]] = {}
    for each in read_recipients(course.submitted, course.lab):
        if each.number:
            found.setdefault(each.number.lower(), set()).add(each.submission)
    rows = writer.gradebook.db.execute(select(Student.id, Student.email, Student.lms_user_id))
    for student, email, number in rows:
        for name in (student, email, number):
            if name:
                found.setdefault(str(name).strip().lower(), set()).add(student)
    return found
