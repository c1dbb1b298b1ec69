"""The run of one notebook: student cells in the student's kernel, test cells here, questions between them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from nbformat import NotebookNode

from autograder.course import (
    BESIDE,
    CellGrade,
    CourseError,
    NotebookResult,
    TimeLimits,
    grade_id,
    is_constant,
    is_test,
)
from autograder.examine.beside import run_beside
from autograder.examine.held import Unanswered
from autograder.examine.outcome import Outcome
from autograder.examine.outputs import keep_outputs
from autograder.examine.questions import Questions
from autograder.examine.sitting import Sitting
from autograder.examine.student import OutOfTime, StudentKernel
from autograder.examine.trusted import Lab, StudentName
from autograder.examine.wall import Lends

from labtools import asking
from labtools.callbacks import Lent


class Running:
    """Runs one notebook of a submission in its kernel, and puts the grades of its test cells into `book`.

    `notes` are what its checks noted for a person, by test cell.
    """

    def __init__(
        self, lab: Lab, limits: TimeLimits, recording: bool, kernel: StudentKernel, book: NotebookResult
    ) -> None:
        self._lab = lab
        self._limits = limits
        self._kernel = kernel
        self._book = book
        self._questions = Questions(kernel, asyncio.get_running_loop())
        self._sitting = self._make_sitting(recording)
        self.notes: dict[str, list[str]] = {}

    async def run(self, notebook: NotebookNode) -> None:
        """Run all cells in order."""
        kernel, book = self._kernel, self._book
        asking.bridge = self._bridge
        left = self._limits.notebook_bytes
        try:
            await kernel.start()
            for cell in notebook.cells:
                if cell.cell_type != "code":
                    continue
                began = time.monotonic()
                if self._sitting:
                    self._sitting.enter(cell)
                if is_test(cell):
                    outcome = await self._test(cell)
                    put_outcome(cell, outcome)
                    self.notes[grade_id(cell)] = outcome.notes
                    book.cells[grade_id(cell)] = CellGrade(
                        outcome.points, cell.metadata.nbgrader.points, outcome.checks
                    )
                elif not is_constant(cell):
                    await kernel.run(cell)
                    left -= keep_outputs(cell, left)
                name = "own cells" if cell.id.startswith("own-") else cell.id
                spent = book.cell_seconds.get(name, 0.0) + time.monotonic() - began
                book.cell_seconds[name] = round(spent, 4)
        except OutOfTime as late:
            book.log.append(f"the rest of the notebook was not run: {late}")
        finally:
            asking.bridge = None
            book.log += kernel.log
            await kernel.stop()

    def _bridge(self, probe: str, target: Any, arguments: Any, lent: Lent) -> Any:
        """Put a question of a check to the student's code."""
        if not isinstance(target, StudentName):
            raise CourseError(f"a check asks {probe} about something that is not the student's: {target!r}")
        try:
            kind, what = self._questions.ask(probe, target.name, arguments, lent)
        except OutOfTime as late:
            kind, what = "silent", str(late)
        if kind == "answers" and isinstance(what, list):
            return what
        if kind == "missing":
            raise NameError(f"name '{target.name}' is not defined")
        raise asking.Unanswered(what)

    def _make_sitting(self, recording: bool) -> Sitting | None:
        """For the plain test cells of the notebook, if it has any."""
        if self._book.name not in self._lab.plain:
            return None
        cells, seconds = self._lab.plain[self._book.name], self._limits.cell_seconds
        kernel = self._kernel
        return Sitting(cells, self._use, lambda: kernel.wall, self._lab.folder, seconds, kernel.waited, recording)

    def _use(self, label: str, request: dict[str, Any], lent: Lends) -> Any:
        """Put a request of a plain test cell to the student's code."""
        try:
            kind, what = self._questions.use(label, request, lent)
        except OutOfTime as late:
            kind, what = "silent", str(late)
        if kind != "answers":
            raise Unanswered(what)
        return what

    async def _test(self, cell: NotebookNode) -> Outcome:
        """Run one test cell: here, or beside the student's code where the master says so."""
        kernel, sitting, name = self._kernel, self._sitting, grade_id(cell)
        profile = self._lab.profiles.get(f"{self._book.name}/{name}")
        if profile is None or sitting is None:
            return await asyncio.to_thread(self._lab.tests[self._book.name].run, name)
        if profile.way == BESIDE:
            return await run_beside(kernel, cell)
        before = set(kernel.asked)
        outcome = await asyncio.to_thread(sitting.run, name, profile)
        if sitting.silent and before:  # threads that earlier answers left behind are not this cell's fault
            if kernel.asked:
                await kernel.revive()
            outcome = await asyncio.to_thread(sitting.run, name, profile)
        if sitting.late:
            kernel.took_too_long()
        return outcome


def put_outcome(cell: NotebookNode, outcome: Outcome) -> None:
    """Write the outcome into the test cell in the form that nbgrader reads as partial credit."""
    data = {"text/plain": repr(outcome.points)}
    points = NotebookNode(output_type="execute_result", data=data, metadata={}, execution_count=None)
    cell.outputs = [NotebookNode(output_type="stream", name="stdout", text=outcome.text), points]
