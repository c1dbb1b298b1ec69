"""What is known of a class after grading: its students, what needs a person, and the checks. Data for the report."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.course import NotebookResult
from autograder.record import Sheet, Writer
from autograder.report.items import CellTime, CheckRow, Mistake, cell_times, check_rows, mistakes

WAITS = "waits for its points"


@dataclass(frozen=True)
class Mark:
    """One notebook of one student. `score` is None where there is no grade: that is not a zero.

    `state` is "graded", "waiting" (a person has to grade `waiting` points of it), "missing", "refused" or "failed".
    """

    score: float | None
    maximum: float
    state: str
    waiting: float = 0.0


@dataclass(frozen=True)
class Case:
    """Something that a person has to look at, or may want to know. `cell` names cells, or none: the whole notebook."""

    student: str
    notebook: str
    cell: str
    what: str


@dataclass(frozen=True)
class StudentRow:
    """One student. `total` has late penalties taken off; it is None where nothing was handed in.

    `state` is "graded", "waiting", "crashed" (a notebook was refused or failed) or "not handed in".
    """

    student: str
    notebooks: dict[str, Mark]
    total: float | None
    maximum: float
    penalty: float
    state: str
    seconds: float
    note: str


@dataclass
class ClassData:
    """All of a lab. Lists are in the order in which a reader wants them: in `persons` what is not usual comes first."""

    lab: str
    names: list[str]
    students: list[StudentRow]
    checks: list[CheckRow] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    times: list[CellTime] = field(default_factory=list)
    persons: list[Case] = field(default_factory=list)
    tampering: list[Case] = field(default_factory=list)
    flags: list[Case] = field(default_factory=list)
    repairs: list[Case] = field(default_factory=list)
    stops: list[Case] = field(default_factory=list)
    #: test cells that ran beside the student's code: notebook, cell, why not behind the wall
    forgeable: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def unusual(self) -> int:
        """How many things a person has to look at that are not just answers to be read."""
        return sum(case.what != WAITS for case in self.persons)

    @property
    def quartiles(self) -> list[float]:
        """Lower quartile, median and upper quartile of the points of those who handed in; empty for fewer than 4."""
        totals = [row.total for row in self.students if row.total is not None]
        return statistics.quantiles(totals, n=4, method="inclusive") if len(totals) >= 4 else []


def read_class(writer: Writer, lab: str, names: list[str], standing: dict[str, str]) -> ClassData:
    """Everything about a lab, from the gradebook and the recorded results.

    `standing`: what is to be said of students whose grade is not that of what lies in submitted/.
    """
    results = {result.student: result for result in writer.results()}
    sheets = writer.sheets()
    rows, persons = [], []
    for student in sorted({*writer.students(), *sheets}):
        sheet, result = sheets.get(student), results.get(student)
        if sheet is None:
            rows.append(StudentRow(student, {}, None, 0.0, 0.0, "not handed in", 0.0, ""))
            continue
        books = {book.name: book for book in result.notebooks} if result else {}
        cases = [Case(student, "", "", standing[student])] if student in standing else []
        cases += cases_for_a_person(sheet, books)
        persons += cases
        rows.append(student_row(sheet, books, cases))
    persons.sort(key=lambda case: case.what == WAITS)
    data = ClassData(lab, names, rows, persons=persons)
    data.checks = check_rows(list(results.values()))
    data.mistakes = mistakes(list(results.values()))
    data.times = cell_times(list(results.values()))
    for kind, found in (
        ("tampering", data.tampering),
        ("flags", data.flags),
        ("repairs", data.repairs),
        ("log", data.stops),
    ):
        for student, result in results.items():
            found += [Case(student, book.name, "", line) for book in result.notebooks for line in getattr(book, kind)]
    return data


def student_row(sheet: Sheet, books: dict[str, NotebookResult], cases: list[Case]) -> StudentRow:
    marks = {}
    for notebook in sheet.books.values():
        book = books.get(notebook.name, NotebookResult(notebook.name))
        waiting = sum(cell.maximum for cell in notebook.cells.values() if cell.waits)
        score, maximum = notebook.score, notebook.maximum
        if book.status != "graded" and not score:
            marks[notebook.name] = Mark(None, maximum, book.status)
        else:
            marks[notebook.name] = Mark(score, maximum, "waiting" if waiting else "graded", waiting)
    states = {mark.state for mark in marks.values()}
    state = "crashed" if states & {"refused", "failed"} else "waiting" if "waiting" in states else "graded"
    penalty = sheet.penalty
    missing = [name for name, mark in marks.items() if mark.state == "missing"]
    notes = [f"{len(cases)} for a person"] if cases else []
    notes += [f"{len(missing)} missing"] if missing else []
    for kind in ("tampering", "flags", "repairs"):
        count = sum(len(getattr(book, kind)) for book in books.values())
        notes += [f"{kind}: {count}"] if count else []
    notes += [f"{penalty:g} points off: late"] if penalty else []
    return StudentRow(
        sheet.student,
        marks,
        sheet.score - penalty,
        sheet.maximum,
        penalty,
        state,
        round(sum(book.seconds for book in books.values()), 2),
        ", ".join(notes),
    )


def cases_for_a_person(sheet: Sheet, books: dict[str, NotebookResult]) -> Iterator[Case]:
    """Why somebody has to look at a submission."""
    student = sheet.student
    for notebook in sheet.books.values():
        book = books.get(notebook.name)
        if book is not None and book.status in ("refused", "failed"):
            yield Case(student, notebook.name, "", f"{book.status}: {book.reason}")
            continue
        unread = [name for name, cell in sorted(notebook.cells.items()) if cell.waits]
        changed = [name for name, cell in sorted(notebook.cells.items()) if cell.needs_person and not cell.waits]
        for cells, what in ((unread, WAITS), (changed, "changed after a person graded it")):
            if cells:
                yield Case(student, notebook.name, ", ".join(cells), what)
        for line in [*book.tampering, *book.flags] if book else []:
            yield Case(student, notebook.name, "", line)
