"""Grades for a learning management system, by nbgrader's export plugins.

`make export FORMAT=moodle` writes export/<lab>-moodle.csv; so does
`nbgrader export --exporter=autograder.export.MoodleExport --assignment '["lab03"]'`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.collect import read_timestamps
from autograder.course import Course, CourseError, command
from autograder.export.canvas import CanvasExport
from autograder.export.exporter import GradeExport
from autograder.export.moodle import MoodleExport
from autograder.record import Line, OldGrades, Writer, not_graded, read_old_grades


class CsvExport(GradeExport):
    """Everything there is, one line a student."""

    ending = "grades.csv"

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        notebooks = list(lines[0].maxima)
        fields = ["student", "last_name", "first_name", "email", "lms_user_id", "submitted"]
        numbers = ["maximum", "before_penalty", "penalty"]
        rows: list[list[Any]] = [["lab", *fields, "status", "score", *numbers, *notebooks]]
        for line in lines:
            books = [line.notebooks.get(name, "") for name in notebooks]
            score = "" if line.score is None else line.score
            own = [getattr(line, name) for name in fields]
            rows.append([lab, *own, line.status, score, *(getattr(line, name) for name in numbers), *books])
        return rows


class JsonExport(GradeExport):
    """The same for programs; a grade that is not there is null."""

    ending = "grades.json"

    def text(self, lab: str, lines: list[Line]) -> str:
        return (
            json.dumps({"lab": lab, "students": [asdict(line) for line in lines]}, indent=1, ensure_ascii=False) + "\n"
        )


def export_grades(course: Course, name: str, partial: bool = False, worksheet: Path | None = None) -> Path:
    """Write the grades of a lab in one of the formats to export/. Returns the path.

    `worksheet` is Moodle's own grading worksheet, which is then filled in.
    """
    if not course.has_gradebook:
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
    plugin = FORMATS[name](config=course.config())
    plugin.assignment, plugin.partial = [course.lab], plugin.partial or partial
    plugin.to = plugin.to or str(course.root / "export" / f"{course.lab}-{plugin.ending}")
    if worksheet is not None:
        if not isinstance(plugin, MoodleExport):
            raise CourseError(f"A worksheet of Moodle goes with FORMAT=moodle, not with FORMAT={name}.")
        plugin.worksheet = str(worksheet)
    with Writer(course) as writer:
        writer.import_students(course.home / "students.csv")
        lines = [*OldGrades(read_old_grades(course, writer).gone, []).lines(), *writer.apply_late_rules()]
        _, unread = read_timestamps(course, writer.submissions())
        if unread:
            raise CourseError(f"No grade is certain before this is: {' '.join(unread)}")
        plugin.waiting = frozenset(not_graded(course, writer))
        path = plugin.write(writer.gradebook)
    for line in [*lines, *plugin.notes]:
        print(line, file=sys.stderr)
    return path


FORMATS: dict[str, type[GradeExport]] = {
    "moodle": MoodleExport,
    "canvas": CanvasExport,
    "csv": CsvExport,
    "json": JsonExport,
}
