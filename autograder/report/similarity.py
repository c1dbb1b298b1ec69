"""Pairs of submissions with similar answers, for a person to read. Never a score: the gradebook is not touched.

Only answers are compared, by copydetect's fingerprints (winnowing): code without names, strings and comments, texts
as they are. What the skeleton gives and what many wrote is left out first, since right answers are alike.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from markupsafe import Markup, escape

from autograder.course import Course, CourseError, command, grade_id, is_solution, read_notebook
from autograder.report.report import page

GRAM = 25  # characters of a fingerprint: shorter matches are not seen
LEAST_LENGTH = 60  # characters that a pair has in common
LEAST_SHARE = 0.3  # of what is left of the shorter answers
COMMON_SHARE = 0.1  # of the class: what more of them wrote is commonplace
COMMON_COUNT = 4  # students, in a small class
MAX_ANSWER = 20_000  # characters of an answer that are read
MAX_PAIRS = 60
KINDS = {"code": "code", "markdown": "text"}


@dataclass(frozen=True)
class Pair:
    """Two students, those answers in one notebook that have something in common, marked, and how much."""

    notebook: str
    kind: str
    students: tuple[str, str]
    length: int
    shares: tuple[float, float]
    answers: tuple[Markup, Markup]


def write_similarity(course: Course) -> tuple[Path, int]:
    """Write report/<lab>-similarity.html. Returns its path and how many pairs it shows."""
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    if len(students) < 2:
        raise CourseError(
            f"There are no two graded submissions to compare: run `{command('autograde', course)}` first."
        )
    pairs = [
        pair
        for name in course.notebooks()
        for kind in KINDS
        for pair in similar_pairs(name, kind, read_answers(course, name, kind, students), released(course, name, kind))
    ]
    pairs.sort(key=lambda pair: -pair.length)
    folder = course.root / "report"
    folder.mkdir(exist_ok=True)
    path = folder / f"{course.lab}-similarity.html"
    text = page("similarity.html", lab=course.lab, pairs=pairs[:MAX_PAIRS], found=len(pairs), students=len(students))
    path.write_text(text)
    return path, min(len(pairs), MAX_PAIRS)


def read_answers(course: Course, name: str, kind: str, students: list[str]) -> dict[str, dict[str, str]]:
    """The answers of one kind ("code" or "markdown") in a notebook, by student and grade id, where one was written."""
    stubs = released(course, name, kind)
    answers = {}
    for student in students:
        path = course.autograded(student) / f"{name}.ipynb"
        cells = read_notebook(path).cells if path.exists() else []
        answers[student] = {
            grade_id(cell): cell.source[:MAX_ANSWER]
            for cell in cells
            if grade_id(cell) in stubs and cell.source != stubs[grade_id(cell)]
        }
    return answers


def released(course: Course, name: str, kind: str) -> dict[str, str]:
    """What students were given in the cells of their answers, by grade id."""
    cells = read_notebook(course.release / f"{name}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_solution(cell) and cell.cell_type == kind}


def similar_pairs(
    notebook: str, kind: str, answers: dict[str, dict[str, str]], given: dict[str, str]
) -> Iterator[Pair]:
    """The pairs that have more in common than the skeleton and what many wrote. Compared cell by cell."""
    prints = {
        student: {name: fingerprint(text, kind) for name, text in own.items()} for student, own in answers.items()
    }
    many = max(COMMON_COUNT, COMMON_SHARE * sum(bool(own) for own in prints.values()))
    for name, stub in given.items():
        same_cell = [own[name] for own in prints.values() if name in own]
        counts = Counter(value for each in same_cell for value in each.hashes)
        dull = fingerprint(stub, kind).hashes | {value for value, count in counts.items() if count > many}
        for each in same_cell:
            leave_out(each, dull)
    coverage = {student: sum(each.token_coverage for each in own.values()) for student, own in prints.items()}
    for one, two in combinations((student for student in prints if coverage[student] >= LEAST_LENGTH), 2):
        common = [
            (name, compare_files(prints[one][name], prints[two][name]))
            for name in given
            if name in prints[one].keys() & prints[two].keys()
        ]
        length = int(sum(overlap for _, (overlap, _, _) in common))
        shares = (length / coverage[one], length / coverage[two])
        if length < LEAST_LENGTH or max(shares) < LEAST_SHARE:
            continue
        found = [(name, slices) for name, (overlap, _, slices) in common if overlap]
        first, second = (
            Markup("\n\n").join(
                Markup("<b># {}</b>\n").format(name) + marks(answers[student][name], slices[number])
                for name, slices in found
            )
            for number, student in enumerate((one, two))
        )
        yield Pair(notebook, KINDS[kind], (one, two), length, shares, (first, second))


def fingerprint(text: str, kind: str) -> CodeFingerprint:
    return CodeFingerprint("answer", GRAM, 1, filter=kind == "code", language="python", fp=io.StringIO(text))


def leave_out(own: CodeFingerprint, dull: set[int]) -> None:
    """Take fingerprints out of those of an answer."""
    own.hashes -= dull
    own.hash_idx = {value: places for value, places in own.hash_idx.items() if value not in dull}
    own.token_coverage = get_token_coverage(own.hash_idx, own.k, len(own.filtered_code))


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
