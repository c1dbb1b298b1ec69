"""What nbgrader's export plugins of this package share: one lab a file, no file with holes, no formulas in cells."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.collect import Recipient, read_recipients
from autograder.course import CourseError, command, no_formula
from autograder.record import Line, read_lines


class GradeExport(ExportPlugin):
    """What the formats share: one lab a file, and no file with holes unless `partial` is set."""

    partial = Bool(False, help="Write the file even if some students have no grade").tag(config=True)
    ending = ""
    waiting: frozenset[str] = frozenset()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.notes: list[str] = []  # what the teacher should know of the file, in lines

    def export(self, gradebook: Gradebook) -> None:
        """nbgrader's entry. Ends the program with one line if the class is not complete."""
        try:
            print(self.write(gradebook))
        except CourseError as error:
            self.log.error("%s", error)
            sys.exit(1)
        for note in self.notes:
            self.log.warning("%s", note)

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file and return its path. CourseError, and no file, if the class is not complete."""
        known = [assignment.name for assignment in gradebook.assignments]
        labs = [str(name) for name in self.assignment] or known
        if len(labs) != 1 or labs[0] not in known:
            raise CourseError(f"Choose one lab with --assignment: the gradebook has {', '.join(known) or 'none'}.")
        lines = to_members(read_lines(gradebook, labs[0], set(self.waiting)), self.recipients(labs[0]))
        lines = [line for line in lines if not self.student or line.student in map(str, self.student)]
        if not lines:
            raise CourseError(f"There is no student to export grades of {labs[0]} for.")
        without = self.holes(lines)
        if without and not self.partial:
            who = ", ".join(f"{line.student} ({line.status})" for line in without)
            raise CourseError(
                f"{len(without)} of {len(lines)} students have no grade in {labs[0]}: {who}. Grade them, "
                f"or leave their grades empty: `{command('export', None, 'PARTIAL=1', '--partial')}` "
                "(nbgrader: --GradeExport.partial=True)."
            )
        path = Path(self.to or f"export/{labs[0]}-{self.ending}")
        text = self.text(labs[0], lines)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, newline="")
        return path

    def recipients(self, lab: str) -> list[Recipient]:
        """Whom `collect` met in Moodle or Canvas, of all submissions to a lab."""
        return read_recipients(Path(CourseDirectory(config=self.config).root) / "submitted", lab)

    def holes(self, lines: list[Line]) -> list[Line]:
        """Those for whose grades the file is not written."""
        return [line for line in lines if line.score is None]

    def text(self, lab: str, lines: list[Line]) -> str:
        """The file."""
        buffer = io.StringIO()
        csv.writer(buffer).writerows([no_formula(cell) for cell in row] for row in self.rows(lab, lines))
        return buffer.getvalue()

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        """The rows of a table, the head first."""
        raise NotImplementedError


def to_members(lines: list[Line], recipients: list[Recipient]) -> list[Line]:
    """Grades of groups given to their members: each has the line of the group, under their own name."""
    found = {line.student: line for line in lines}
    for each in recipients:
        group = found.get(each.submission)
        if group is None or each.student == each.submission:
            continue
        own = found.get(each.student)
        names = {key: getattr(own, key) for key in ("first_name", "last_name", "email", "lms_user_id")} if own else {}
        found[each.student] = replace(group, student=each.student, **names)
    groups = {each.submission for each in recipients if each.student != each.submission}
    return [line for student, line in sorted(found.items()) if student not in groups]
