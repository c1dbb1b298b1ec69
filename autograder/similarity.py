"""Pairs of submissions with similar answers, for a person to read. Never a score: the gradebook is not touched.

Only answers are compared, by copydetect's fingerprints (winnowing): code without names, strings and comments, texts
as they are. What the skeleton gives and what many wrote is left out first, since right answers are alike.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from copydetect import CodeFingerprint, compare_files
from copydetect.utils import get_token_coverage
from markupsafe import Markup, escape

from autograder.course import Course, CourseError
from autograder.masters import grade_id, is_solution, read_notebook
from autograder.report import page

GRAM = 25  # characters of a fingerprint: shorter matches are not seen
LEAST_LENGTH = 60  # characters that a pair has in common
LEAST_SHARE = 0.3  # of what is left of the shorter answers
COMMON_SHARE = 0.2  # of the class: what more of them wrote is commonplace
COMMON_COUNT = 4  # students, in a small class
MAX_ANSWERS = 50_000  # characters of a student's answers that are read
MAX_PAIRS = 60
KINDS = {"code": "code", "markdown": "text"}


@dataclass(frozen=True)
class Pair:
    """Two students, their answers in one notebook with the common parts marked, and how much that is."""

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
            f"There are no two graded submissions to compare: run `make autograde LAB={course.lab}` first."
        )
    pairs = [
        pair
        for name in course.notebooks()
        for kind in KINDS
        for pair in similar_pairs(name, kind, read_answers(course, name, kind, students), skeleton(course, name, kind))
    ]
    pairs.sort(key=lambda pair: -pair.length)
    folder = course.root / "report"
    folder.mkdir(exist_ok=True)
    path = folder / f"{course.lab}-similarity.html"
    text = page("similarity.html", lab=course.lab, pairs=pairs[:MAX_PAIRS], found=len(pairs), students=len(students))
    path.write_text(text)
    return path, min(len(pairs), MAX_PAIRS)


def read_answers(course: Course, name: str, kind: str, students: list[str]) -> dict[str, str]:
    """The answers of one kind ("code" or "markdown") in a notebook, by student, less what is as it was released."""
    stubs = released(course, name, kind)
    answers = {}
    for student in students:
        path = course.autograded(student) / f"{name}.ipynb"
        cells = [cell for cell in read_notebook(path).cells if is_solution(cell)] if path.exists() else []
        written = [cell for cell in cells if grade_id(cell) in stubs and cell.source != stubs[grade_id(cell)]]
        text = "\n\n".join(f"# {grade_id(cell)}\n{cell.source}" for cell in written)
        if text:
            answers[student] = text[:MAX_ANSWERS]
    return answers


def released(course: Course, name: str, kind: str) -> dict[str, str]:
    cells = read_notebook(course.release / f"{name}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_solution(cell) and cell.cell_type == kind}


def skeleton(course: Course, name: str, kind: str) -> str:
    """What students were given in the cells of their answers."""
    return "\n\n".join(f"# {name}\n{source}" for name, source in released(course, name, kind).items())


def similar_pairs(notebook: str, kind: str, answers: dict[str, str], given: str) -> Iterable[Pair]:
    """The pairs that have more in common than the skeleton and what many wrote."""
    prints = {student: fingerprint(text, kind) for student, text in answers.items()}
    many = max(COMMON_COUNT, COMMON_SHARE * len(prints))
    counts = Counter(value for own in prints.values() for value in own.hashes)
    dull = fingerprint(given, kind).hashes | {value for value, count in counts.items() if count > many}
    for own in prints.values():
        leave_out(own, dull)
    for one, two in combinations(prints, 2):
        length, shares, slices = compare_files(prints[one], prints[two])
        if length >= LEAST_LENGTH and max(shares) >= LEAST_SHARE:
            marked = (marks(answers[one], slices[0]), marks(answers[two], slices[1]))
            yield Pair(notebook, KINDS[kind], (one, two), int(length), (float(shares[0]), float(shares[1])), marked)


def fingerprint(text: str, kind: str) -> CodeFingerprint:
    return CodeFingerprint("answers", GRAM, 1, filter=kind == "code", language="python", fp=io.StringIO(text))


def leave_out(own: CodeFingerprint, dull: set[int]) -> None:
    """Take fingerprints out of those of a submission."""
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
