"""Examining one submission: from the bytes of its notebooks to grades and graded notebooks, and nothing else.

Student cells run in the student's kernel, test cells in this process (see running.py); questions go from
here to there as plain data (see questions.py). The files of the course are never written from here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.course import (
    CellGrade,
    Course,
    NotebookResult,
    Profile,
    SubmissionResult,
    TimeLimits,
    grade_id,
    is_solution,
    is_test,
    read_notebook,
)
from autograder.examine.constant import Outputs, put_constant, text_of
from autograder.examine.policy import is_by_hand, judged_by, signs
from autograder.examine.running import Running
from autograder.examine.student import StudentKernel
from autograder.examine.trusted import Lab
from autograder.intake import (
    HandedIn,
    Refused,
    Skeleton,
    find_notebooks,
    guarded,
    harmless_markdown,
    log_cells,
    rebuild,
)

from labtools import checks

LOOKING = 10.0  # seconds of CPU time for each look at what a student wrote, besides running it


class Examiner:
    """Examines submissions of one lab, one after the other.

    `recorded` is for the run of the masters at a release: profiles of plain test cells that this run fills in.
    """

    def __init__(
        self,
        course: Course,
        seed: str,
        limits: TimeLimits,
        recorded: dict[str, Profile] | None = None,
    ) -> None:
        self._lab = Lab(course, recorded)
        self._recording = recorded is not None
        self._released = {name: read_notebook(course.release / f"{name}.ipynb") for name in self._lab.masters}
        self._skeletons = {name: Skeleton(notebook) for name, notebook in self._released.items()}
        self._given = frozenset(path.name for path in course.release.rglob("*") if path.suffix != ".ipynb")
        self._seed = seed
        self._limits = limits

    def examine(
        self,
        spec: KernelSpec,
        constant: Outputs,
        student: str,
        handed: HandedIn,
        digest: str,
        usual: float | None = None,
    ) -> SubmissionResult:
        """Grade the notebooks in what was handed in, in kernels of this spec. Never raises for what a student did.

        `constant`: outputs of the lab's constant cells (see constant.py). `digest` is that of the files: the inputs
        of the checks are drawn from it and from the lab's secret. Where others wait, `usual` is what a submission
        takes, in seconds: one that takes much longer is put off.
        """
        result = SubmissionResult(student, seed_of(self._seed, digest), digest)
        checks.seed = result.seed
        asyncio.run(self._examine(spec, constant, handed, result, usual))
        return result

    async def _examine(
        self, spec: KernelSpec, constant: Outputs, handed: HandedIn, result: SubmissionResult, usual: float | None
    ) -> None:
        """Fill in the result. (asyncio.run describes in text what a coroutine returns, which takes long for this.)"""
        asyncio.get_running_loop().set_exception_handler(forget)
        limits = self._limits if usual is None else self._limits.hurried(usual)
        hurried, deadline = limits != self._limits, time.monotonic() + limits.submission_seconds
        found = find_notebooks(handed, self._skeletons, self._given)
        for name, master in self._lab.masters.items():
            started = time.monotonic()
            book = NotebookResult(name, found[name].status, found[name].reason)
            result.notebooks.append(book)
            if book.status == "graded":
                try:
                    with guarded("Putting the cells in order", LOOKING):
                        taken = rebuild(found[name].cells, master, self._skeletons[name])
                except Refused as refused:
                    book.status, book.reason = "refused", str(refused)
            notes: dict[str, list[str]] = {}
            if book.status == "graded":
                book.repairs = [*found[name].repairs, *taken.repairs]
                book.tampering, book.unwritten = taken.tampering, sorted(taken.unwritten)
                notebook = taken.notebook
                kernel = StudentKernel(spec, limits, deadline, hurried)
                notes = await self._run(kernel, notebook, book, constant)
                if hurried and kernel.out_of_time:
                    result.put_off = True
                    return
            else:
                notebook = self._stand_in(book)
            self._grade(notebook, book)
            self._flag(notebook, book, notes)
            book.seconds = round(time.monotonic() - started, 3)
            for cell in notebook.cells:
                if cell.cell_type == "markdown" and is_solution(cell):
                    cell.source = harmless_markdown(cell.source)
            notebook.cells[:0] = log_cells(book.repairs, book.tampering)
            result.written[name] = text_of(notebook).encode(errors="replace").decode()

    def _stand_in(self, book: NotebookResult) -> NotebookNode:
        """The released notebook with the reason on top, in the place of one that cannot be graded."""
        notebook = nbformat.from_dict(self._released[book.name])
        notebook.cells.insert(0, new_markdown_cell(f"**Not graded.** {book.reason}", id="not-graded"))
        book.unwritten = [grade_id(cell) for cell in notebook.cells if is_solution(cell)]
        return notebook

    async def _run(
        self, kernel: StudentKernel, notebook: NotebookNode, book: NotebookResult, constant: Outputs
    ) -> dict[str, list[str]]:
        """Run all cells in order, and fill in the grades of the test cells. Returns what their checks noted."""
        running = Running(self._lab, self._limits, self._recording, kernel, book)
        await running.run(notebook)
        put_constant(notebook, constant)
        return running.notes

    def _grade(self, notebook: NotebookNode, book: NotebookResult) -> None:
        """Fill in the cells that no test has graded: zero, or left to a person."""
        for cell in self._lab.masters[book.name].cells:
            nbgrader = cell.metadata.get("nbgrader", {})
            name = grade_id(cell)
            if not (nbgrader.get("grade") or nbgrader.get("task")) or name in book.cells:
                continue
            by_hand = (
                nbgrader.points > 0 and not is_test(cell) and name not in book.unwritten and book.status == "graded"
            )
            answer = "".join(own.source for own in notebook.cells if grade_id(own) == name)
            digest = hashlib.sha256(answer.encode(errors="replace")).hexdigest()
            book.cells[name] = CellGrade(None if by_hand else 0.0, nbgrader.points, answer=digest)

    def _flag(self, notebook: NotebookNode, book: NotebookResult, notes: dict[str, list[str]]) -> None:
        """Note what a person should look at, for each answer in the first test that follows it.

        An answer shows it by its code, and by its behaviour: by the `notes` of that test.
        """
        master = self._lab.masters[book.name]
        if book.status != "graded":
            return
        by_hand = [grade_id(cell) for cell in master.cells if is_by_hand(cell)]
        try:
            with guarded("Looking for formulas that a program worked out", LOOKING):
                found = signs(master, notebook)
        except Refused as refused:
            found = {name: [f"it could not be read ({refused})"] for name in by_hand if name not in book.unwritten}
        tests = judged_by(master)
        last = {test: name for name, test in tests.items()}  # the answer that a test's notes are about
        for name, test in tests.items():
            if reasons := found.get(name, []) + (notes.get(test, []) if last[test] == name else []):
                asked = " asks for a formula by hand" if name in by_hand else ""
                book.flags.append(f"`{name}`{asked}: {'; '.join(reasons)}.")
                book.cells[test].flagged = True


def seed_of(secret: str, digest: str) -> str:
    """The seed of one submission: the same in each regrade, and another one where a byte was changed."""
    return hmac.new(secret.encode(), digest.encode(), "sha256").hexdigest()[:16]


def forget(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report no errors of tasks that nbclient left behind when a kernel died.

    That would happen when the garbage is collected, and the traceback has Python parse lines of code then. Where the
    collection came in the middle of parsing an answer, Python 3.11 fails (SystemError: recursion depth mismatch).
    """
