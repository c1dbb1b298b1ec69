"""Test cells that run beside the student's code get their points by nbgrader's rules."""

import asyncio

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.examine.beside import run_beside
from autograder.examine.outputs import CellOutputs


class Kernel:
    """Stands for a student's kernel in which a cell has run."""

    def __init__(self, outputs: list[NotebookNode], result: str | None) -> None:
        self.log: list[str] = []
        self.outputs, self.result = outputs, result

    async def run(self, cell: NotebookNode) -> None:
        cell.outputs = self.outputs


@pytest.mark.parametrize(
    ("result", "error", "points"),
    [
        (None, False, 2.0),
        ("0.5", False, 0.5),
        ("0", False, 0.0),
        ("'text'", False, 2.0),
        ("3", False, 0.0),
        ("1", True, 0.0),
    ],
)
def test_points_follow_the_value_of_the_last_line(result: str | None, error: bool, points: float) -> None:
    marks = {"nbgrader": {"grade_id": "test-1", "points": 2.0}}
    cell = nbformat.v4.new_code_cell("x", metadata=marks)
    outputs = [new_output("error", ename="AssertionError", evalue="no", traceback=[])] if error else []
    outcome = asyncio.run(run_beside(Kernel(outputs, result), cell))  # type: ignore[arg-type]
    assert outcome.points == points and outcome.checks[0].earned == points


def test_the_value_of_a_cell_is_the_first_that_is_sent() -> None:
    outputs = CellOutputs(1000)
    outputs.take("display_data", {"data": {"text/plain": "4"}, "metadata": {}})
    outputs.take("execute_result", {"data": {"text/plain": "0.5"}, "metadata": {}, "execution_count": 1})
    outputs.take("execute_result", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 1})
    assert outputs.result == "0.5"
