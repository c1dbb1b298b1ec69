"""What is known of a class after grading: its students, what needs a person, and the checks. Data for the report."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbgrader.api import SubmittedAssignment

from autograder.course import NotebookResult
from autograder.record import Writer
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
    submissions = writer.submissions()
    rows, persons = [], []
    for student in sorted({*writer.students(), *submissions}):
        submission, result = submissions.get(student), results.get(student)
        if submission is None:
            rows.append(StudentRow(student, {}, None, 0.0, 0.0, "not handed in", 0.0, ""))
            continue
        books = {book.name: book for book in result.notebooks} if result else {}
        cases = [Case(student, "", "", standing[student])] if student in standing else []
        cases += cases_for_a_person(student, submission, books)
        persons += cases
        rows.append(student_row(student, submission, books, cases))
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


def student_row(
    student: str, submission: SubmittedAssignment, books: dict[str, NotebookResult], cases: list[Case]
) -> StudentRow:
    marks = {}
    for notebook in submission.notebooks:
        book = books.get(notebook.name, NotebookResult(notebook.name))
        waiting = sum(float(grade.max_score) for grade in notebook.grades if waits(grade))
        score, maximum = float(notebook.score), float(notebook.max_score)
        if book.status != "graded" and not score:
            marks[notebook.name] = Mark(None, maximum, book.status)
        else:
            marks[notebook.name] = Mark(score, maximum, "waiting" if waiting else "graded", waiting)
    states = {mark.state for mark in marks.values()}
    state = "crashed" if states & {"refused", "failed"} else "waiting" if "waiting" in states else "graded"
    penalty = float(submission.late_submission_penalty or 0.0)
    missing = [name for name, mark in marks.items() if mark.state == "missing"]
    notes = [f"{len(cases)} for a person"] if cases else []
    notes += [f"{len(missing)} missing"] if missing else []
    for kind in ("tampering", "flags", "repairs"):
        count = sum(len(getattr(book, kind)) for book in books.values())
        notes += [f"{kind}: {count}"] if count else []
    notes += [f"{penalty:g} points off: late"] if penalty else []
    return StudentRow(
        student,
        marks,
        float(submission.score) - penalty,
        float(submission.max_score),
        penalty,
        state,
        round(sum(book.seconds for book in books.values()), 2),
        ", ".join(notes),
    )


def waits(grade) -> bool:  # type: ignore[no-untyped-def]
    """Whether a grade of nbgrader is still to be given by a person."""
    return bool(grade.needs_manual_grade) and grade.manual_score is None


def cases_for_a_person(
    student: str, submission: SubmittedAssignment, books: dict[str, NotebookResult]
) -> Iterator[Case]:
    """Why somebody has to look at a submission."""
    for notebook in sorted(submission.notebooks, key=lambda notebook: notebook.name):
        book = books.get(notebook.name)
        if book is not None and book.status in ("refused", "failed"):
            yield Case(student, notebook.name, "", f"{book.status}: {book.reason}")
            continue
        grades = sorted(notebook.grades, key=lambda grade: grade.name)
        unread = [grade.name for grade in grades if waits(grade)]
        changed = [grade.name for grade in grades if grade.needs_manual_grade and not waits(grade)]
        for cells, what in ((unread, WAITS), (changed, "changed after a person graded it")):
            if cells:
                yield Case(student, notebook.name, ", ".join(cells), what)
        for line in [*book.tampering, *book.flags] if book else []:
            yield Case(student, notebook.name, "", line)
