"""Runs of the autograder, which the tests here look at: over the synthetic class, and over all attacks."""

import os
from pathlib import Path

import pytest

from autograder.check.bank import Entry, hand_in, read_bank
from autograder.check.check import SHORT_LIMITS
from autograder.course import Course, SubmissionResult
from autograder.grade.run import Counts, autograde
from autograder.record import Writer


def class_bank(home: Path) -> list[Entry]:
    return read_bank(home / "tests/lab03/class")


def attacks_bank(home: Path) -> list[Entry]:
    return read_bank(home / "tests/lab03/hostile")


def new_course(home: Path, folder: Path) -> Course:
    """A course with the repository's masters and release, and shorter limits."""
    for name in ("source", "hidden", "release"):
        os.symlink(home / name, folder / name)
    (folder / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text() + SHORT_LIMITS)
    return Course(folder, folder, "lab03")


class Run:
    """A finished run: the course it wrote to, its counts, and what it recorded."""

    def __init__(self, course: Course, entries: list[Entry], counts: Counts) -> None:
        self.course = course
        self.entries = entries
        self.counts = counts
        with Writer(course) as writer:
            self.results: dict[str, SubmissionResult] = {result.student: result for result in writer.results()}

    def points(self, student: str) -> dict[str, float]:
        """Points by test cell."""
        books = self.results[student].notebooks
        return {name: cell.points for book in books for name, cell in book.cells.items() if name.startswith("test-")}

    def text(self, student: str) -> str:
        """All graded notebooks of a student, as text."""
        return "".join(path.read_text() for path in self.course.autograded(student).glob("*.ipynb"))


def grade(entries: list[Entry], home: Path, folder: Path) -> Run:
    course = new_course(home, folder)
    for entry in entries:
        hand_in(entry, course)
    return Run(course, entries, autograde(course))


@pytest.fixture(scope="session")
def graded(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return grade(class_bank(home), home, tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def attacked(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return grade(attacks_bank(home), home, tmp_path_factory.mktemp("attacks"))


@pytest.fixture(params=["graded", pytest.param("attacked", marks=pytest.mark.slow)])
def run(request: pytest.FixtureRequest) -> Run:
    """Each of the two."""
    return request.getfixturevalue(request.param)
