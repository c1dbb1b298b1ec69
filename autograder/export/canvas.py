"""Grades in the layout that Canvas imports."""

from __future__ import annotations

from typing import Any

from traitlets import Dict

from autograder.export.exporter import GradeExport
from autograder.record import Line


class CanvasExport(GradeExport):
    """The file that Canvas's gradebook imports.

    Canvas finds students by "ID" (`lms_user_id`, or the number in the name of a file that was collected), then by
    "SIS Login ID" (the name of the folder in submitted/), then by name. Of an anonymous assignment it tells none of
    these, so such rows are left out. A column that it does not know becomes a new assignment, except where the name
    holds "Current Grade": such columns are left out, which makes room for the status.
    """

    ending = "canvas.csv"
    columns = Dict({}, help='Name of a lab\'s column in Canvas, such as {"lab03": "Lab 3 (1234)"}').tag(config=True)

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        title = self.columns.get(lab, lab)
        rows: list[list[Any]] = [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title, "Current Grade Status"],
            ["    Points Possible", "", "", "", "", f"{lines[0].maximum:.2f}", "(read only)"],
        ]
        numbers = {each.student: each.number for each in self.recipients(lab) if each.system == "Canvas"}
        anonymous = {student for student in numbers if student.startswith("anon-")}
        if anonymous:
            self.notes.append(
                f"left out, since Canvas does not tell who they are: {', '.join(sorted(anonymous))}. Type their grades "
                "into SpeedGrader, or switch anonymous grading off, and collect again"
            )
        for line in lines:
            if line.student in anonymous:
                continue
            name = f"{line.last_name}, {line.first_name}" if line.first_name and line.last_name else line.name
            grade = "" if line.score is None else f"{line.score:.2f}"
            number = line.lms_user_id or numbers.get(line.student, "")
            rows.append([name, number, "", line.student, "", grade, line.status])
        return rows
