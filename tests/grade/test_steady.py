"""The same submission gets the same score, however often it is graded."""

from pathlib import Path

import pytest

from autograder.check.bank import build, read_bank
from autograder.check.trim import trimmed
from autograder.course import Course
from autograder.grade import examine_all

pytestmark = pytest.mark.slow

TIMES = 100
LAST = "exercise3_training"


def test_a_hundred_times_the_same(course: Course, tmp_path: Path) -> None:
    small = trimmed(course, tmp_path)
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/class") if each.name == "s03-sum-not-mean"]
    text = build(entry, small)[LAST]
    names = [f"s{number:03}" for number in range(TIMES)]
    for name in names:
        small.submission(name).mkdir(parents=True)
        (small.submission(name) / f"{LAST}.ipynb").write_text(text)
    found = []
    for result in examine_all(small, names, "steady", None, False):
        (book,) = [book for book in result.notebooks if book.name == LAST]
        assert (book.status, book.log) == ("graded", [])
        found.append({name: (cell.points, cell.checks) for name, cell in book.cells.items()})
    assert len(found) == TIMES
    assert all(each == found[0] for each in found)
    assert {name: points for name, (points, _) in found[0].items() if name in entry.points} == entry.points
