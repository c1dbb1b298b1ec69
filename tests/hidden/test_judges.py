"""Every test cell with its judge: what the masters' solutions get, and what it costs if one is not there."""

import pytest

from autograder.course import grade_id, is_solution, is_test
from tests.hidden.conftest import MASTERS, master_of, run_test_cell

POINTS = {
    grade_id(cell): float(cell.metadata.nbgrader.points)
    for master in MASTERS.values()
    for cell in master.cells
    if is_test(cell)
}


def answer_before(test: str) -> str:
    """The grade id of the solution cell that a test cell follows."""
    cells = master_of(test).cells
    place = [grade_id(cell) for cell in cells].index(test)
    return [grade_id(cell) for cell in cells[:place] if is_solution(cell)][-1]


@pytest.mark.parametrize("test", POINTS)
def test_the_solution_gets_all_points(test: str) -> None:
    results = run_test_cell(test)
    assert [result.message for result in results if result.message] == []
    assert sum(result.earned for result in results) == sum(result.weight for result in results) == POINTS[test]


@pytest.mark.parametrize("test", POINTS)
def test_where_the_answer_is_not_there_each_check_says_so(test: str) -> None:
    """As after an error in the student's cell: a judge that needs the name too early would end the test cell."""
    results = run_test_cell(test, {answer_before(test): ""})
    assert sum(result.weight for result in results) == POINTS[test]
    assert [result.name for result in results if "is not defined. Run the cell" not in result.message] == []
