"""The class list students.csv: one line a person, with the columns of `nbgrader db student import`."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from autograder.course import CourseError, no_formula, read_table, student_id


@dataclass(frozen=True)
class Student:
    """One person. `id` is what all labs call them: the name of the folder in submitted/."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


COLUMNS = [field.name for field in fields(Student)]


def read_students(path: Path) -> list[Student]:
    """Everybody in the class list; nobody if there is no such file. CourseError, in one line, if it is damaged."""
    if not path.exists():
        return []
    lines = read_table(path)
    head = ["_".join(cell.strip().lower().split()) for cell in lines[0][1]] if lines else []
    if "id" not in head or set(head) - set(COLUMNS) or len(set(head)) < len(head):
        raise CourseError(f"{path} needs a first line with id and, if you like, {', '.join(COLUMNS[1:])}, each once.")
    students: dict[str, Student] = {}
    addresses: dict[str, str] = {}
    for number, row in lines[1:]:
        where = f"{path}, line {number}"
        cells = {key: cell.strip() for key, cell in zip(head, row)}
        if len(row) != len(head) or not cells["id"]:
            raise CourseError(f"{where}: it has not as many cells as the first line, or no id.")
        student = Student(**cells | {"id": student_id(cells["id"])})
        if student.id in students:
            raise CourseError(f"{where}: the id {student.id} is there twice. Remove one of the two lines.")
        if not student.id.isprintable():
            raise CourseError(f"{where}: the id {student.id[:60]!r} has signs that cannot be shown.")
        if student.email and (other := addresses.get(student.email.casefold())):
            raise CourseError(f"{where}: {student.id} has the e-mail address of {other}. A person has one line.")
        students[student.id] = student
        addresses[student.email.casefold()] = student.id
    return list(students.values())


def write_students(path: Path, students: list[Student]) -> None:
    """Write the class list. It keeps a byte order mark, by which some spreadsheets know UTF-8."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow(COLUMNS)
    for student in students:
        names = {key: no_formula(getattr(student, key)) for key in ("first_name", "last_name")}  # may be a stranger's
        lines.writerow(astuple(replace(student, **names)))
    marked = path.exists() and path.read_bytes().startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    new = path.with_suffix(".new")
    new.write_text(buffer.getvalue(), encoding="utf-8-sig" if marked else "utf-8")
    new.replace(path)
