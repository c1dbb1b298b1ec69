"""Moodle's own grading worksheet: who takes part in an assignment, when each handed in, and where grades go.

Its columns are named in the teacher's language, so they are found by their order, which is the same in all (Identifier,
names and the like, Status, Group, Grade, Maximum grade, …, Last modified (submission), texts that were typed,
Last modified (grade), Feedback comments), and by what is in them.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.dates import NONE, is_date, read_dates
from autograder.course import CourseError, read_table

IDENTIFIER = re.compile(r"(?P<word>\D*?)\s*(?P<number>\d+)")
NUMBER = re.compile(r"\d+([.,]\d+)?")
KEY = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Row:
    """One participant. `before` are the cells between identifier and grade: names, addresses, status, group."""

    number: str
    word: str
    before: tuple[str, ...]
    handed_in: datetime.datetime | None
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        """The full name; in blind marking it is the status that stands here."""
        return "".join(filter(str.isprintable, self.before[0])).strip() if self.before else ""


@dataclass(frozen=True)
class Worksheet:
    """A worksheet that was read. Columns are numbered from 0; `comment` is None where there is none for comments.

    `address` is the column of e-mail addresses, `key` one that holds something of one word which is another for
    everybody: an ID number or a user name.
    """

    path: Path
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    grade: int
    marked: int
    comment: int | None
    address: int | None
    key: int | None

    def maximum(self) -> float:
        """The highest grade in Moodle."""
        return float(self.rows[0].cells[self.grade + 1].replace(",", "."))

    def cell(self, row: Row, column: int | None) -> str:
        return "" if column is None else row.cells[column].strip()


def read_worksheet(path: Path) -> Worksheet:
    """Read a worksheet as Moodle gives it, or as a spreadsheet saved it. CourseError if it is none."""
    (_, head), *lines = read_table(path) or [(0, [])]
    table = [line for _, line in lines]
    if not table:
        raise CourseError(f"{path} has no rows: give the worksheet that Moodle offers as `Download grading worksheet`.")
    if wrong := next((number for number, line in lines if len(line) != len(head)), None):
        raise CourseError(f"{path}, line {wrong}: it has not as many cells as the first line.")
    found = [IDENTIFIER.fullmatch(line[0].strip()) for line in table]
    if wrong := next((number for (number, _), match in zip(lines, found) if not match), None):
        raise CourseError(
            f"{path}, line {wrong}: there is no number in the first cell. In Moodle's grading worksheet it is "
            "the identifier, such as `Participant 4711`; one row without it, and Moodle refuses the whole file."
        )
    twice, several = Counter(match["number"] for match in found if match).most_common(1)[0]
    if several > 1:
        raise CourseError(f"{path}: {several} rows have the identifier {twice}. Download the worksheet again.")

    def column(good: Callable[[list[str]], bool], places: range) -> int | None:
        return next((place for place in places if good([line[place].strip() for line in table])), None)

    width = len(head)
    most = column(is_maximum, range(2, width))
    while most is not None and not all(
        not cell[most - 1].strip() or NUMBER.fullmatch(cell[most - 1]) for cell in table
    ):
        most = column(is_maximum, range(most + 1, width))
    times = [place for place in range((most or 0) + 1, width) if are_dates([line[place].strip() for line in table])]
    if most is None or len(times) < 2:
        raise CourseError(
            f"{path} is no grading worksheet of Moodle that can be read: it has no columns for a maximum grade in "
            "points and two times. Switch Moodle to English, and download it again. (A scale cannot be filled in.)"
        )
    # students' texts stand between the two times, so the outer ones are Moodle's
    submitted, marked = times[0], times[-1]
    try:
        handed_in = read_dates([line[submitted] for line in table])
    except ValueError as error:
        raise CourseError(f"{path}: {error}. Switch Moodle to English, and download the worksheet again.") from None
    rows = tuple(
        Row(match["number"], match["word"], tuple(line[1 : most - 1]), when, tuple(line))
        for match, line, when in zip(found, table, handed_in)
        if match
    )
    before = range(2, most - 1)
    comment = marked + 1 if marked + 1 < width else None
    return Worksheet(
        path, tuple(head), rows, most - 1, marked, comment, column(is_address, before), column(is_key, before)
    )


def is_maximum(cells: list[str]) -> bool:
    return len(set(cells)) == 1 and bool(NUMBER.fullmatch(cells[0]))


def is_address(cells: list[str]) -> bool:
    return any(cells) and all("@" in cell for cell in cells if cell)


def is_key(cells: list[str]) -> bool:
    return len(set(cells)) == len(cells) and all(map(KEY.fullmatch, cells))


def are_dates(cells: list[str]) -> bool:
    return all(cell in NONE[1:] or is_date(cell) for cell in cells)
