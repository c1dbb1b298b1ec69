"""Moodle's own grading worksheet with grades and comments filled in, and nothing else changed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from autograder.collect import Recipient, Worksheet, same_name
from autograder.course import CourseError, command, no_formula
from autograder.record import Line


def find_lines(sheet: Worksheet, lines: list[Line], recipients: list[Recipient]) -> dict[str, Line]:
    """The grade of each participant, by number: by what `collect` wrote down of this assignment, else by e-mail or ID.

    CourseError where the two are different people, or where nobody is found, since then one file is another lab's.
    """
    by_student = {line.student: line for line in lines}
    by_email = {line.email.casefold(): line for line in lines if line.email}
    by_key = {line.lms_user_id: line for line in lines if line.lms_user_id}
    collected = {each.number: each for each in recipients if each.system == "Moodle"}
    found = {}
    for row in sheet.rows:
        known = collected.get(row.number)
        if known and same_name(known.name) not in (same_name(row.name), same_name(row.word)):
            raise CourseError(
                f"{sheet.path}: number {row.number} is {row.name}, but {known.submission} was collected as "
                f"{known.name}. Give the worksheet of the assignment that was collected."
            )
        own = by_student.get(known.student) if known else None
        email, key = sheet.cell(row, sheet.address), sheet.cell(row, sheet.key)
        other = by_email.get(email.casefold()) or by_key.get(key)
        if own and other and own.student != other.student:
            raise CourseError(
                f"{sheet.path}: number {row.number} was collected as {own.student}, but has the e-mail address or ID "
                f"of {other.student} in students.csv. Correct that, and collect again with WORKSHEET."
            )
        if line := own or other:
            found[row.number] = line
    if not found:
        raise CourseError(
            f"{sheet.path} has nobody who is in the gradebook. Give the worksheet of the assignment that was "
            "collected, or collect again with it: "
            f"{command('collect', None, 'FROM=... WORKSHEET=...', '... --worksheet ...')}"
        )
    return found


def fill(sheet: Worksheet, found: dict[str, Line], comment: Callable[[Line], str], notes: list[str]) -> str:
    """The worksheet as Moodle takes it. What should be known of it is added to `notes`.

    Rows without a grade are left out: an empty comment would delete one that is there. CourseError where Moodle's
    highest grade is not the lab's, since Moodle takes points as they are.
    """
    most = next(iter(found.values())).maximum
    if abs(sheet.maximum() - most) > 0.005:
        raise CourseError(
            f"{sheet.path}: the maximum grade in Moodle is {sheet.maximum():g}, but the lab has {most:g} points. "
            "Set it to the lab's in the settings of the assignment, and download the worksheet again."
        )
    sign = "," if "," in sheet.rows[0].cells[sheet.grade + 1] else "."
    written, kept, left_out, above = [], [], [], []
    for row in sheet.rows:
        line = found.get(row.number)
        if line is None or line.score is None:
            who = f"{line.name} {row.number} ({line.status})" if line else f"{row.cells[0]} (in no gradebook)"
            left_out.append(who)
            continue
        cells = list(row.cells)
        cells[sheet.grade] = f"{line.score:.2f}".replace(".", sign)
        if line.score > most:
            above.append(line.student)
        if sheet.comment is not None:
            if is_foreign(cells[sheet.comment], line):
                kept.append(line.student)
            else:
                cells[sheet.comment] = comment(line)
        written.append([no_formula(cell) for cell in cells])
    if left_out:
        notes.append(f"left out, so that Moodle changes nothing of theirs: {', '.join(left_out)}")
    if kept:
        notes.append(f"have a comment in Moodle that is not this program's, which stays: {', '.join(kept)}")
    if above:
        notes.append(f"have more than the maximum, which Moodle leaves out: {', '.join(above)}")
    if any(row.cells[sheet.marked] == "-" for row in sheet.rows):
        notes.append(
            "upload this worksheet before the feedback: once that is there, Moodle takes grades only from a worksheet "
            "that was downloaded after it"
        )
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([sheet.head, *written])
    return "\ufeff" + buffer.getvalue()


def is_foreign(text: str, line: Line) -> bool:
    """Whether a comment in Moodle was written by somebody else than this program."""
    first = next(iter(line.maxima), "")
    return bool(text.strip()) and not re.match(rf"(?:<[^<>]*>|\s)*{re.escape(first)}: ", text)
