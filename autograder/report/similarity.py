"""Pairs of submissions with similar answers, for a person to read. Never a score: the gradebook is not touched.

Only answers are compared, by copydetect's fingerprints (winnowing): code without names, strings and comments, texts
as they are. What the skeleton gives and what many wrote is left out first, since right answers are alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from pathlib import Path
from typing import Any

from copydetect import compare_files
from markupsafe import Markup, escape

from autograder.course import Course, CourseError, command, grade_id, is_solution, read_notebook
from autograder.report.fingerprints import MOST_COMMON, candidates, distinctive
from autograder.report.report import page

LEAST_LENGTH = 60  # characters that a pair has in common
LEAST_SHARE = 0.3  # of what is left of the shorter answers
MAX_ANSWER = 20_000  # characters of an answer that are read
MAX_PAIRS = 60
KINDS = {"code": "code", "markdown": "text"}


@dataclass(frozen=True)
class Pair:
    """Two students, those answers in one notebook that have something in common, and how much.

    `parts` are cells: grade id, both texts, and for each text the places (starts, ends) of what is in common.
    """

    notebook: str
    kind: str
    students: tuple[str, str]
    length: int
    shares: tuple[float, float]
    parts: list[tuple[str, tuple[str, str], Any]]

    @property
    def answers(self) -> tuple[Markup, ...]:
        """The answers of both as HTML, with what is in common marked."""
        return self._answer(0), self._answer(1)

    def _answer(self, number: int) -> Markup:
        head = Markup("<b># {}</b>\n")
        return Markup("\n\n").join(
            head.format(name) + marks(texts[number], places[number]) for name, texts, places in self.parts
        )


def write_similarity(course: Course) -> tuple[Path, int]:
    """Write report/<lab>-similarity.html. Returns its path and how many pairs it shows."""
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    if len(students) < 2:
        raise CourseError(
            f"There are no two graded submissions to compare: run `{command('autograde', course)}` first."
        )
    found = 0

    def counted() -> Iterator[Pair]:
        nonlocal found
        for name in course.notebooks():
            stubs = {kind: released(course, name, kind) for kind in KINDS}
            answers = read_answers(course, name, stubs, students)
            for kind in KINDS:
                for pair in similar_pairs(name, kind, answers[kind], stubs[kind]):
                    found += 1
                    yield pair

    pairs = nsmallest(MAX_PAIRS, counted(), key=lambda pair: (-pair.length, pair.notebook, pair.kind, pair.students))
    folder = course.root / "report"
    folder.mkdir(exist_ok=True)
    path = folder / f"{course.lab}-similarity.html"
    text = page("similarity.html", lab=course.lab, pairs=pairs, found=found, students=len(students), most=MOST_COMMON)
    path.write_text(text)
    return path, len(pairs)


def read_answers(
    course: Course, name: str, stubs: dict[str, dict[str, str]], students: list[str]
) -> dict[str, dict[str, dict[str, str]]]:
    """The answers in a notebook, by kind, student and grade id, where one was written.

    `stubs` is what students were given, by kind and grade id. nbformat would take six times as long to read them.
    """
    answers: dict[str, dict[str, dict[str, str]]] = {kind: {student: {} for student in students} for kind in stubs}
    for student in students:
        path = course.autograded(student) / f"{name}.ipynb"
        cells = json.loads(path.read_bytes())["cells"] if path.exists() else []
        for cell in cells:
            cell_name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            source = "".join(cell["source"])  # a text, or its lines
            for kind, given in stubs.items():
                if cell_name in given and source != given[cell_name]:
                    answers[kind][student][cell_name] = source[:MAX_ANSWER]
    return answers


def released(course: Course, name: str, kind: str) -> dict[str, str]:
    """What students were given in the cells of their answers, by grade id."""
    cells = read_notebook(course.release / f"{name}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_solution(cell) and cell.cell_type == kind}


def similar_pairs(
    notebook: str, kind: str, answers: dict[str, dict[str, str]], given: dict[str, str]
) -> Iterator[Pair]:
    """The pairs that have more in common than the skeleton and what many wrote. Compared cell by cell."""
    prints = distinctive(answers, given, kind == "code")
    coverage = {student: sum(each.token_coverage for each in own.values()) for student, own in prints.items()}
    long_enough = {student: own for student, own in prints.items() if coverage[student] >= LEAST_LENGTH}
    for one, two in candidates(long_enough, LEAST_LENGTH):
        common = [
            (name, compare_files(prints[one][name], prints[two][name]))
            for name in given
            if name in prints[one].keys() & prints[two].keys()
        ]
        length = int(sum(overlap for _, (overlap, _, _) in common))
        shares = (length / coverage[one], length / coverage[two])
        if length < LEAST_LENGTH or max(shares) < LEAST_SHARE:
            continue
        parts = [
            (name, (answers[one][name], answers[two][name]), places) for name, (overlap, _, places) in common if overlap
        ]
        yield Pair(notebook, KINDS[kind], (one, two), length, shares, parts)


def marks(text: str, slices: Iterable[Iterable[int]]) -> Markup:
    """A text as HTML, with the parts in `slices` (starts, ends) marked."""
    starts, ends = slices
    html, last = Markup(), 0
    for start, end in sorted(zip(map(int, starts), map(int, ends))):
        start, end = max(start, last), min(end, len(text))
        if end > start:
            html += escape(text[last:start]) + Markup("<mark>") + escape(text[start:end]) + Markup("</mark>")
            last = end
    return html + escape(text[last:])
