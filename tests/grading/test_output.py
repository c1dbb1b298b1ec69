"""What cells print, as the graded notebook keeps it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from autograder.bank import Entry, build, hand_in, read_bank
from autograder.course import Course
from autograder.intake import HandedIn
from autograder.limits import TimeLimits
from autograder.results import SubmissionResult
from autograder.sandbox.limits import Limits
from autograder.station import Setting, Station
from tests.grading.conftest import new_course

FIRST = "exercise1_gradient_descent"
LIMITS = TimeLimits(cell_seconds=5, call_seconds=3)
Grade = Callable[[str], tuple[SubmissionResult, str]]


@pytest.fixture(scope="module")
def grade(course: Course) -> Iterator[Grade]:
    """Grades a right submission with a cell of its own. Gives the result and what that cell printed."""
    with Station(Setting(course.source, course.release, "0", LIMITS, Limits()), 1) as station:

        def examine(code: str) -> tuple[SubmissionResult, str]:
            first = build(Entry("s01", "", after={"gradient-formula": code}), course)[FIRST]
            handed = HandedIn({f"{FIRST}.ipynb": first.encode()})
            result = SubmissionResult.from_json(station.examine("s01", handed, ""))
            (own,) = [cell for cell in nbformat.reads(result.written[FIRST], 4).cells if cell.id == "own-1"]
            return result, "".join(output.get("text", "") for output in own.outputs)

        yield examine


@pytest.mark.parametrize(
    "code",
    ["while True: print('x' * 10_000)", "while True: print('x')", "print('x' * 50_000_000)"],
    ids=["lines", "short-lines", "text"],
)
def test_a_cell_that_prints_too_much_is_stopped_and_says_so(grade: Grade, code: str) -> None:
    result, text = grade(code)
    assert "[stopped: this cell printed more than 2000000 bytes]" in text
    assert len(text) < 2_100_000
    assert sum(cell.points or 0 for cell in result.notebooks[0].cells.values()) == 18
    assert result.notebooks[0].log == []  # neither out of time nor killed


def test_a_kernel_that_died_leaves_no_traceback(home: Path, tmp_path: Path) -> None:
    course = new_course(home, tmp_path)
    (entry,) = [each for each in read_bank(home / "tests/lab03/hostile") if each.name == "stop-caught-printing"]
    for name in ("s01", "s02", "s03"):
        hand_in(replace(entry, name=name), course)
    command = [sys.executable, "-m", "autograder", "autograde", "--jobs", "1"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "3 graded" in done.stdout, done
    assert "Traceback" not in done.stdout + done.stderr
