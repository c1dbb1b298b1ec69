"""Grades for a learning management system, by nbgrader's export plugins.

`make export FORMAT=moodle` writes export/<lab>-moodle.csv; so does
`nbgrader export --exporter=autograder.export.MoodleExport --assignment '["lab03"]'`.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin
from sqlalchemy import inspect, select
from traitlets import Bool, Dict

from autograder.batch import not_graded
from autograder.course import Course, CourseError
from autograder.record import RESULTS, Writer
from autograder.results import SubmissionResult

#: What a grade can be. The last three are no grade: their score is empty, never 0.
STATUS = ("graded", "zero", "ungraded", "crashed", "missing")


#: How Moodle names the folders in its download of all submissions.
MOODLE_FOLDER = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission")


@dataclass(frozen=True)
class Line:
    """The grade of one student. `score` is None unless `status` is "graded" or "zero", the latter for a true zero."""

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
    assignment = gradebook.find_assignment(lab)
    results = read_results(gradebook, lab)
    students = {student.id: student for student in gradebook.students}
    lines = []
    for name in sorted({*students, *waiting}):
        submission = None
        with contextlib.suppress(MissingEntry):
            submission = gradebook.find_submission(lab, name)
        status, raw, penalty = "missing", 0.0, 0.0
        books: dict[str, float] = {}
        if submission is not None:
            raw, penalty = float(submission.score), float(submission.late_submission_penalty or 0.0)
            books = {book.name: round(float(book.score), 2) for book in submission.notebooks}
            status = status_of(results.get(name), bool(submission.needs_manual_grade))
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
                maximum=float(assignment.max_score),
                before_penalty=round(raw, 2),
                penalty=round(penalty, 2),
                submitted=f"{submission.timestamp} UTC" if submission and submission.timestamp else "",
                notebooks=books,
                maxima={book.name: float(book.max_score) for book in assignment.notebooks},
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


def harmless(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay."""
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r\n") and value != "-" else value


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
        csv.writer(buffer).writerows([harmless(cell) for cell in row] for row in self.rows(lab, lines))
        return buffer.getvalue()

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        """The rows of a table, the head first."""
        raise NotImplementedError


class MoodleExport(GradeExport):
    """Moodle's offline grading worksheet, which an assignment takes back under "Upload grading worksheet".

    Its importer finds students by "Identifier", and overwrites no grade given in Moodle since "Last modified (grade)".
    The identifier is the student's `lms_user_id` in students.csv, or the number in the name of a folder that comes from
    Moodle. Moodle's gradebook imports the same file by email or username.
    """

    ending = "moodle.csv"

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        head = ["Identifier", "Full name", "Email address", "Username", "Status", "Grade", "Maximum Grade"]
        head += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"]
        rows: list[list[Any]] = [head]
        for line in lines:
            folder = MOODLE_FOLDER.match(line.student)
            number = line.lms_user_id or (folder["number"] if folder else "")
            name = folder["name"] if folder and line.name == line.student else line.name
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


class CanvasExport(GradeExport):
    """The file that Canvas's gradebook imports.

    Canvas finds students by "ID" (`lms_user_id`), then by "SIS Login ID" (the name of the folder in submitted/), then
    by name. A column that it does not know becomes a new assignment, except where the name holds "Current Grade":
    such columns are left out, which makes room for the status.
    """

    ending = "canvas.csv"
    columns = Dict({}, help='Name of a lab\'s column in Canvas, such as {"lab03": "Lab 3 (1234)"}').tag(config=True)

    def rows(self, lab: str, lines: list[Line]) -> list[list[Any]]:
        title = self.columns.get(lab, lab)
        rows: list[list[Any]] = [
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title, "Current Grade Status"],
            ["    Points Possible", "", "", "", "", f"{lines[0].maximum:.2f}", "(read only)"],
        ]
        for line in lines:
            name = f"{line.last_name}, {line.first_name}" if line.first_name and line.last_name else line.name
            grade = "" if line.score is None else f"{line.score:.2f}"
            rows.append([name, line.lms_user_id, "", line.student, "", grade, line.status])
        return rows


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


def export_grades(course: Course, name: str, partial: bool = False) -> Path:
    """Write the grades of a lab in one of the formats to export/. Returns the path."""
    if not course.has_gradebook:
        raise CourseError(f"Nothing is graded yet: run `make autograde LAB={course.lab}` first.")
    plugin = FORMATS[name](config=course.config())
    plugin.assignment, plugin.partial = [course.lab], plugin.partial or partial
    plugin.to = plugin.to or str(course.root / "export" / f"{course.lab}-{plugin.ending}")
    with Writer(course) as writer:
        if (classlist := course.home / "students.csv").is_file():
            writer.import_students(classlist)
        for line in writer.apply_late_rules():
            print(line, file=sys.stderr)
        plugin.waiting = frozenset(not_graded(course, writer))
        return plugin.write(writer.gradebook)


FORMATS: dict[str, type[GradeExport]] = {
    "moodle": MoodleExport,
    "canvas": CanvasExport,
    "csv": CsvExport,
    "json": JsonExport,
}
