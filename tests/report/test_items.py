"""The figures of the report, against classes small enough to count by hand."""

import pytest

from autograder.course import CellGrade, NotebookResult, SubmissionResult
from autograder.examine.trusted import CheckResult
from autograder.report.items import cell_times, check_rows, correlation, mistakes


def result(student: str, earned: dict[str, float], seconds: float = 1.0) -> SubmissionResult:
    """A submission with one notebook, one cell, and checks of one point each."""
    checks = [CheckResult(name, 1.0, points, "" if points else f"no {name}") for name, points in earned.items()]
    book = NotebookResult("ex", cells={"test-a": CellGrade(sum(earned.values()), 3.0, checks)})
    book.cell_seconds = {"test-a": seconds}
    return SubmissionResult(student, "0", "", [book])


CLASS = [
    result("s1", {"easy": 1, "telling": 1, "odd": 0, "hard": 0}, 4.0),
    result("s2", {"easy": 1, "telling": 1, "odd": 0, "hard": 0}),
    result("s3", {"easy": 1, "telling": 0, "odd": 1, "hard": 0}),
    result("s4", {"easy": 1, "telling": 0, "odd": 0, "hard": 0}),
]


def test_success_and_discrimination_are_those_counted_by_hand() -> None:
    rows = {row.check: row for row in check_rows(CLASS)}
    assert {name: (row.passed, row.asked) for name, row in rows.items()} == {
        "easy": (4, 4),
        "telling": (2, 4),
        "odd": (1, 4),
        "hard": (0, 4),
    }
    assert (rows["easy"].discrimination, rows["easy"].why) == (None, "everybody passed")
    assert (rows["hard"].discrimination, rows["hard"].why) == (None, "nobody passed")
    # passed 1 1 0 0, the other points 1 1 2 1: covariance -1/8, deviations 1/2 and sqrt(3)/4
    assert rows["telling"].discrimination == pytest.approx(-1 / 8 / (1 / 2 * 3**0.5 / 4), abs=1e-3)
    assert rows["odd"].discrimination == pytest.approx(-1 / 8 / (3**0.5 / 4 * 1 / 2), abs=1e-3)


@pytest.mark.parametrize(
    ("passed", "rest", "why"),
    [
        ([1.0, 0.0], [1.0, 2.0], "fewer than 3 students"),
        ([1.0, 0.0, 0.0], [2.0, 2.0, 2.0], "all other points are the same"),
    ],
)
def test_it_says_why_there_is_no_discrimination(passed: list[float], rest: list[float], why: str) -> None:
    assert correlation(passed, rest) == (None, why)


def test_a_notebook_that_was_not_graded_is_not_a_failed_check() -> None:
    missing = SubmissionResult("s5", "0", "", [NotebookResult("ex", "missing", cells={"test-a": CellGrade(0.0, 3.0)})])
    assert [row.asked for row in check_rows([*CLASS, missing])] == [4, 4, 4, 4]


def test_mistakes_are_counted_by_student_the_most_frequent_first() -> None:
    found = mistakes(CLASS)
    assert [(each.message, len(each.students)) for each in found] == [("no hard", 4), ("no odd", 3), ("no telling", 2)]


def test_times_of_cells() -> None:
    (row,) = cell_times(CLASS)
    assert (row.cell, row.median, row.longest, row.total, row.slowest) == ("test-a", 1.0, 4.0, 7.0, "s1")
