"""Grades in the layout that Moodle imports."""

from __future__ import annotations

import datetime
from typing import Any

from autograder.collect import name_and_number
from autograder.export.exporter import GradeExport
from autograder.record import Line


class MoodleExport(GradeExport):
    """Moodle's offline grading worksheet, which an assignment takes back under "Upload grading worksheet".

    Its importer needs the columns "Identifier", "Grade" and "Last modified (grade)", by their English names, and takes
    "Feedback comments" too. It finds students by the identifier only: that is `lms_user_id` in students.csv, or the
    number in the name of the folder. Since "Last modified (grade)" is "-", a grade that Moodle has already is replaced
    only where the teacher allows it. Moodle's gradebook imports the same file by email or username.
    """

    ending = "moodle.csv"

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        head = ["Identifier", "Full name", "Email address", "Username", "Status", "Grade", "Maximum Grade"]
        head += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]
        rows: list[list[Any]] = [head]
        for line in lines:
            called, number = name_and_number(line.student)
            number = line.lms_user_id or number
            name = called if line.name == line.student else line.name
            grade = "" if line.score is None else f"{line.score:.2f}"
            who = [f"Participant {number}" if number.isdigit() else number, name, line.email, line.student]
            rows.append([*who, line.status, grade, f"{line.maximum:.2f}", "Yes", moodle_time(line), "-", comment(line)])
        return rows


def moodle_time(line: Line) -> str:
    if not line.submitted:
        return "-"
    when = datetime.datetime.fromisoformat(line.submitted.removesuffix(" UTC"))
    return f"{when:%A}, {when.day} {when:%B %Y}, {when:%I:%M %p} UTC"


def comment(line: Line) -> str:
    """The grade in words, for the student."""
    if line.score is None:
        return ""
    parts = [f"{name}: {line.notebooks.get(name, 0):g} of {most:g} points" for name, most in line.maxima.items()]
    if line.penalty:
        parts.append(f"handed in late: -{line.penalty:g} points")
    return "; ".join(parts)
