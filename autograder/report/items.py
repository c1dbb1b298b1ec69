"""What the results of a class say about the checks and the cells of a lab: success, discrimination, mistakes, times."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass

from autograder.course import SubmissionResult

FEWEST = 3  # students for a correlation


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
