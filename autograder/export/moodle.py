"""Grades in the layout that Moodle imports."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from traitlets import Unicode

from autograder.collect import UNCERTAIN, of_people, read_students, read_worksheet
from autograder.course import CourseError, command
from autograder.export.exporter import GradeExport
from autograder.export.filled import fill, find_lines
from autograder.record import Line


class MoodleExport(GradeExport):
    """Moodle's offline grading worksheet, which an assignment takes back under "Upload grading worksheet".

    With `worksheet`, Moodle's own file of this assignment is filled in. Without it, one is made: Moodle's importer
    needs the columns "Identifier", "Grade" and "Last modified (grade)", by their English names, takes "Feedback
    comments" too, and finds people by the identifier only, which `collect` wrote down. Since "Last modified (grade)" is
    "-" there, a grade that Moodle has already is replaced only where the teacher allows it. Rows without identifier or
    grade are left out: one without identifier makes Moodle refuse the whole file, and an empty comment deletes one that
    is there.
    """

    ending = "moodle.csv"
    worksheet = Unicode("", help="Moodle's own grading worksheet of the assignment, to be filled in").tag(config=True)

    def holes(self, lines: list[Line]) -> list[Line]:
        """Who has no grade. In Moodle's own worksheet it is known of everybody whether they handed in."""
        return [line for line in super().holes(lines) if not (self.worksheet and line.status == "missing")]

    def text(self, lab: str, lines: list[Line]) -> str:
        """The file."""
        if not self.worksheet:
            return super().text(lab, lines)
        sheet = read_worksheet(Path(self.worksheet))
        found = find_lines(sheet, lines, self.recipients(lab))
        there = {line.student for line in found.values()}
        if absent := [line.student for line in lines if line.student not in there and line.score is not None]:
            self.notes.append(f"graded, but not in the worksheet: {', '.join(absent)}")
        return fill(sheet, found, comment, self.notes)

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        """The rows of a worksheet of our own. CourseError where its numbers may be those of groups."""
        recipients = self.recipients(lab)
        listed = read_students(Path(CourseDirectory(config=self.config).root) / "students.csv")
        if not of_people(recipients, [line.name for line in lines] + [student.name for student in listed]):
            raise CourseError(f"{lab}: {UNCERTAIN}. Give Moodle's own grading worksheet: WORKSHEET=csv.")
        numbers = {each.student: each for each in recipients if each.system == "Moodle"}
        head = ["Identifier", "Full name", "Email address", "Username", "Status", "Grade", "Maximum Grade"]
        head += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]
        rows: list[list[Any]] = [head]
        left_out = []
        for line in lines:
            known = numbers.get(line.student)
            if known is None or line.score is None:
                left_out.append(f"{line.student} ({'no number' if known is None else line.status})")
                continue
            name = known.name if line.name == line.student else line.name
            who = [f"Participant {known.number}", name, line.email, line.student, line.status, f"{line.score:.2f}"]
            rows.append([*who, f"{line.maximum:.2f}", "Yes", moodle_time(line), "-", comment(line)])
        if left_out:
            self.notes.append(f"left out: {', '.join(left_out)}")
        if any(known is None for known in map(numbers.get, (line.student for line in lines))):
            again = command("export", None, "FORMAT=moodle WORKSHEET=file", "--format moodle --worksheet file")
            self.notes.append(f"Moodle's numbers come from `{command('collect')}`, or from its worksheet: `{again}`")
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
