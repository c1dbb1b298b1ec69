"""Damaged submissions through the whole engine: no exception, no points for what is not there, full points else."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

import pytest

from autograder.check.trim import trimmed
from autograder.course import Course, NotebookResult, grade_id, is_solution, is_test, read_notebook
from autograder.grade import examine_all
from tests.intake import damage
from tests.intake.damaged_class import Right, right_notebooks

pytestmark = pytest.mark.slow

SIZE = 40
SEED = 20261124


@dataclass
class Case:
    """One notebook, damaged, and the test cells whose answers are not in it any more."""

    notebook: str
    what: str
    lost: set[str] = field(default_factory=set)


def hand_in_damaged(course: Course, size: int, seed: int) -> dict[str, Case]:
    """Hand in `size` submissions of one notebook each, with one to three kinds of damage; every third lost answers."""
    random = Random(seed)
    cases = {}
    for number in range(size):
        folder = course.submission(f"r{number:03}")
        folder.mkdir(parents=True)
        name, notebook = random.choice(list(right_notebooks(course).items()))
        before = {cell["id"]: damage.text(cell) for cell in damage.answers(notebook)}
        losses = [random.choice(damage.LOSSES)] if number % 3 == 0 else []
        for each in losses:
            each(notebook, random)
        left = {cell["id"]: damage.text(cell) for cell in damage.answers(notebook)}
        lost = {key for key in before if before[key] != left.get(key)}
        damages = random.sample(damage.DAMAGES, random.randrange(1, 4))
        right = Right({name: notebook}, random, folder)
        right.change(*damages)
        envelope = random.choice(damage.ENVELOPES)
        right.write(envelope, "{}.py".format if "script" in envelope.__name__ else "{}.ipynb".format)
        what = ", ".join(each.__name__ for each in [*losses, *damages, envelope])
        cases[folder.parent.name] = Case(name, what, {test for key in lost for test in judges(course, name)[key]})
    return cases


def judges(course: Course, name: str) -> dict[str, list[str]]:
    """The test cells of each answer, by grade id: those between it and the next one."""
    found: dict[str, list[str]] = {}
    for cell in read_notebook(course.source / f"{name}.ipynb").cells:
        if is_solution(cell):
            found[latest := grade_id(cell)] = []
        elif is_test(cell):
            found[latest].append(grade_id(cell))
    return found


def grade(course: Course, cases: dict[str, Case]) -> dict[str, NotebookResult]:
    results = examine_all(course, dict.fromkeys(cases, ""), "seed", None, False)
    return {
        result.student: book
        for result in results
        for book in result.notebooks
        if book.name == cases[result.student].notebook
    }


def short_of(case: Case, book: NotebookResult) -> list[str]:
    """The test cells of answers that are there, and that did not get all points."""
    tests = [name for name, cell in book.cells.items() if name.startswith("test-") and name not in case.lost]
    return [name for name in tests if book.cells[name].points != book.cells[name].max_points]


@pytest.fixture(scope="module")
def graded(course: Course, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Case, NotebookResult]]:
    small = trimmed(course, tmp_path_factory.mktemp("small"))
    cases = hand_in_damaged(small, SIZE, SEED)
    books = grade(small, cases)
    return {name: (cases[name], books[name]) for name in cases}


def test_every_submission_comes_to_a_result(graded: dict) -> None:
    assert {name: book.reason for name, (_, book) in graded.items() if book.status != "graded"} == {}


def test_no_points_for_what_is_not_there(graded: dict) -> None:
    lost = [(case.what, name, book.cells[name].points) for case, book in graded.values() for name in case.lost]
    assert len(lost) >= SIZE // 3
    assert [each for each in lost if each[2] != 0] == []


def test_full_points_for_what_is_there(graded: dict) -> None:
    short = [(case.what, tests) for case, book in graded.values() if (tests := short_of(case, book))]
    assert len(short) <= SIZE * 0.05, short
