"""What nbgrader's export plugins of this package share: one lab a file, no file with holes, no formulas in cells."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin
from traitlets import Bool

from autograder.course import CourseError
from autograder.record import Line, read_lines


def no_formula(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay, and so does a lone dash."""
    danger = isinstance(value, str) and value != "-" and value.lstrip(" ")[:1] in tuple("=+-@\t\r\n")
    return f"'{value}" if danger else value


class GradeExport(ExportPlugin):
    """What the formats share: one lab a file, and no file with holes unless `partial` is set."""

    partial = Bool(False, help="Write the file even if some students have no grade").tag(config=True)
    ending = ""
    waiting: frozenset[str] = frozenset()

    def export(self, gradebook: Gradebook) -> None:
        """nbgrader's entry. Ends the program with one line if the class is not complete."""
        try:
            print(self.write(gradebook))
        except CourseError as error:
            self.log.error("%s", error)
            sys.exit(1)

    def write(self, gradebook: Gradebook) -> Path:
        """Write the file and return its path. CourseError, and no file, if the class is not complete."""
        known = [assignment.name for assignment in gradebook.assignments]
        labs = [str(name) for name in self.assignment] or known
        if len(labs) != 1 or labs[0] not in known:
            raise CourseError(f"Choose one lab with --assignment: the gradebook has {', '.join(known) or 'none'}.")
        lines = read_lines(gradebook, labs[0], set(self.waiting))
        lines = [line for line in lines if not self.student or line.student in map(str, self.student)]
        if not lines:
            raise CourseError(f"There is no student to export grades of {labs[0]} for.")
        without = [line for line in lines if line.score is None]
        if without and not self.partial:
            who = ", ".join(f"{line.student} ({line.status})" for line in without)
            raise CourseError(
                f"{len(without)} of {len(lines)} students have no grade in {labs[0]}: {who}. Grade them, "
                "or leave their grades empty with PARTIAL=1 (nbgrader: --GradeExport.partial=True)."
            )
        path = Path(self.to or f"export/{labs[0]}-{self.ending}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(labs[0], lines), newline="")
        return path

    def text(self, lab: str, lines: list[Line]) -> str:
        """The file."""
        buffer = io.StringIO()
        csv.writer(buffer).writerows([no_formula(cell) for cell in row] for row in self.rows(lab, lines))
        return buffer.getvalue()

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        """The rows of a table, the head first."""
        raise NotImplementedError
