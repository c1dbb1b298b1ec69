"""A test cell that cannot run behind the wall: it runs in the student's kernel, and can be forged there."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.utils import get_partial_grade

from autograder.course import CheckResult, grade_id
from autograder.examine.outcome import Outcome
from autograder.examine.student import StudentKernel

MAX_MESSAGE = 1000  # characters of an explanation


async def run_beside(kernel: StudentKernel, cell: NotebookNode) -> Outcome:
    """Run a test cell as nbgrader does, and read its outputs by nbgrader's rules, but that a warning costs nothing."""
    own = NotebookNode(cell, outputs=[])
    troubles = len(kernel.log)
    await kernel.run(own)
    most = float(cell.metadata.nbgrader.points)
    earned, message = most, ""
    failed = next((output for output in own.outputs if output.output_type == "error"), None)
    if failed is not None:
        earned, message = 0.0, ": ".join(filter(None, (str(failed.ename), str(failed.evalue))))
    elif kernel.result is not None:
        try:
            earned = float(get_partial_grade({"data": {"text/plain": kernel.result}}, most))
            message = "" if earned == most else f"{earned:g} of {most:g} points."
        except (ValueError, KeyError):
            earned, message = 0.0, "The last line of this test gives no points that can be read."
    if len(kernel.log) > troubles:
        earned, message = 0.0, kernel.log[-1]
    message = message[:MAX_MESSAGE].encode(errors="replace").decode()
    check = CheckResult(grade_id(cell), most, earned, message)
    return Outcome(earned, f"{message}\n" if message else "", [check])
