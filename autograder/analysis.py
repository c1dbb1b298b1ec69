"""What the results of a lab say about its students, its checks and its cells: plain data for the report."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbgrader.api import SubmittedAssignment

from autograder.record import Writer
from autograder.results import NotebookResult, SubmissionResult

FEWEST = 3  # students for a correlation


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


@dataclass(frozen=True)
class CheckRow:
    """One check. `discrimination` is the point-biserial correlation of passing it with the points of all other checks;
    where it is None, `why` says why.
    """

    notebook: str
    cell: str
    check: str
    weight: float
    passed: int
    asked: int
    discrimination: float | None
    why: str


@dataclass(frozen=True)
class Mistake:
    """The message of failed checks of a notebook, and who got it."""

    notebook: str
    message: str
    cells: list[str]
    students: list[str]


@dataclass(frozen=True)
class CellTime:
    """Seconds that a cell took."""

    notebook: str
    cell: str
    median: float
    longest: float
    total: float
    slowest: str


@dataclass
class ClassData:
    """All of a lab. Lists are in the order in which a reader wants them."""

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


def read_class(writer: Writer, lab: str, names: list[str]) -> ClassData:
    """Everything about a lab, from the gradebook and the recorded results."""
    results = {result.student: result for result in writer.results()}
    submissions = writer.submissions()
    rows, persons = [], []
    for student in sorted({*writer.students(), *submissions}):
        submission, result = submissions.get(student), results.get(student)
        if submission is None:
            rows.append(StudentRow(student, {}, None, 0.0, 0.0, "not handed in", 0.0, ""))
            continue
        books = {book.name: book for book in result.notebooks} if result else {}
        cases = list(cases_for_a_person(student, submission, books))
        persons += cases
        rows.append(student_row(student, submission, books, cases))
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
        for cells, what in ((unread, "waits for its points"), (changed, "changed after a person graded it")):
            if cells:
                yield Case(student, notebook.name, ", ".join(cells), what)
        for line in [*book.tampering, *book.flags] if book else []:
            yield Case(student, notebook.name, "", line)


def check_rows(results: list[SubmissionResult]) -> list[CheckRow]:
    """The success and the discrimination of each check, in the order of the lab."""
    totals: dict[str, float] = {}
    asked: dict[tuple[str, str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    for result in results:
        totals[result.student] = 0.0
        for book in result.notebooks:
            for cell, grade in book.cells.items():
                for check in grade.checks:
                    asked[book.name, cell, check.name][result.student] = (check.earned, check.weight)
                    totals[result.student] += check.earned
    rows = []
    for (notebook, cell, name), outcomes in asked.items():
        passed = [float(earned > 0) for earned, _ in outcomes.values()]
        rest = [totals[student] - earned for student, (earned, _) in outcomes.items()]
        discrimination, why = correlation(passed, rest)
        weight = max(weight for _, weight in outcomes.values())
        rows.append(CheckRow(notebook, cell, name, weight, int(sum(passed)), len(passed), discrimination, why))
    return rows


def correlation(passed: list[float], rest: list[float]) -> tuple[float | None, str]:
    """Pearson's correlation of 0 and 1 with points, or None and the reason why there is none."""
    if len(passed) < FEWEST:
        return None, f"fewer than {FEWEST} students"
    if len(set(passed)) == 1:
        return None, "everybody passed" if passed[0] else "nobody passed"
    if max(rest) - min(rest) < 1e-9:
        return None, "all other points are the same"
    return round(statistics.correlation(passed, rest), 3), ""


def mistakes(results: list[SubmissionResult]) -> list[Mistake]:
    """The messages of failed checks, the most frequent first. A student counts once for a message."""
    students: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)  # a dict keeps the order
    cells: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for result in results:
        for book in result.notebooks:
            for cell, grade in book.cells.items():
                for check in grade.checks:
                    if check.message:
                        students[book.name, check.message][result.student] = None
                        cells[book.name, check.message][cell] = None
    found = [Mistake(*key, list(cells[key]), list(names)) for key, names in students.items()]
    return sorted(found, key=lambda mistake: -len(mistake.students))


def cell_times(results: list[SubmissionResult]) -> list[CellTime]:
    """How long each cell took, the one with the largest sum first."""
    seconds: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for result in results:
        for book in result.notebooks:
            for cell, spent in book.cell_seconds.items():
                seconds[book.name, cell][result.student] = spent
    rows = []
    for (notebook, cell), spent_by in seconds.items():
        slowest = max(spent_by, key=lambda student: spent_by[student])
        values = list(spent_by.values())
        rows.append(CellTime(notebook, cell, statistics.median(values), max(values), round(sum(values), 3), slowest))
    return sorted(rows, key=lambda row: -row.total)
