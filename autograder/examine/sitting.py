"""Plain test cells at work on one submission: they run on our side, with stand-ins for what is the student's."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course import CheckResult, Profile, is_test
from autograder.examine import standins
from autograder.examine.deadline import Deadline, TookTooLong
from autograder.examine.forbidden import forbidden
from autograder.examine.foreign_code import foreign_code
from autograder.examine.given import GivenClasses
from autograder.examine.held import Unanswered
from autograder.examine.kinds import NAME, kind_of
from autograder.examine.outcome import Outcome
from autograder.examine.ownership import names_bound
from autograder.examine.plain_cells import PlainCell, PlainCells
from autograder.examine.replaced import Replaced
from autograder.examine.rules import explanation, points_of
from autograder.examine.surroundings import surroundings
from autograder.examine.visit import Ask, Visit
from autograder.examine.waiting import fair_clock
from autograder.intake import memory_limit

MAX_MESSAGE = 1000  # characters of an explanation


class Sitting:
    """The plain test cells of a notebook at work on one submission, in the order of the notebook.

    `process` tells which process of the student's answers now: what was known of another one is worth nothing.
    `waited` tells how long that has waited for a core: such time is not counted among a test's `seconds`.
    `recording` is for the master's own run: what it needs goes into the profiles.
    """

    def __init__(
        self,
        cells: PlainCells,
        ask: Ask,
        process: Callable[[], object],
        folder: Path,
        seconds: float,
        waited: Callable[[], float] = lambda: 0.0,
        recording: bool = False,
    ) -> None:
        self._cells, self._ask, self._process = cells, ask, process
        self._folder, self._seconds, self._waited, self._recording = folder, seconds, waited, recording
        self._done = 0  # of the given code
        self._namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None, NAME: kind_of}
        self._given = GivenClasses(folder)
        cells.begin(folder)
        self._visit: Visit | None = None
        self._visited: object = None
        self._entered = [""]  # the sources of the cells so far, as IPython's `In` has them
        self._theirs: set[str] = set()  # those of them that the student's process has run
        self.silent = False  # the last test got no answer
        self.late = False  # the last test took too long

    def visit(self) -> Visit:
        """A visit that goes on, or a new one after a refusal or in a new process."""
        if self._visit is None or self._visit.refusal or self._visited is not self._process():
            self._visit = Visit(self._ask, self._namespace, self._cells.imported(), self._given, self._recording)
            self._visited = self._process()
        return self._visit

    def enter(self, cell: NotebookNode) -> None:
        """Note a cell of the submission that is about to be run."""
        if cell.source.strip():
            source = cell.source.rstrip("\n")
            self._entered.append(source)
            if not is_test(cell):
                self._theirs.add(source)

    def _again(self, source: str) -> bool:
        """Have the student's process run a cell of its own again, if this is one."""
        if source in self._theirs:
            self.visit().run(source)
        return source in self._theirs

    def run(self, test: str, profile: Profile) -> Outcome:
        """Run one test cell, with nbgrader's rules: all points, none after an error, or as many as its last line says.

        Never raises for what the student's code does.
        """
        cell, owners = self._cells.cells[test], self._cells.owners
        read = cell.used & owners.theirs
        visit, self.silent, self.late = self.visit(), False, False

        def source(thing: Any) -> str | None:
            return visit.source(standins.number_of(thing)) if standins.is_standin(thing) else None

        around = surroundings(self._folder, source, visit.seeded)
        guard = foreign_code(self._cells.texts, self._again, visit.refuse)
        if "In" not in owners.theirs:
            self._namespace["In"] = list(self._entered)
        after = contextlib.ExitStack()
        deadline = Deadline(fair_clock(self._waited))
        with memory_limit(), around as printed, guard, after, deadline, deadline.limit(self._seconds):
            try:
                self._run_given(self._cells.ids[test])
                replaced = Replaced(cell.places, self._namespace, owners.imports)
                after.callback(replaced.put_back)
                tell = cell.used & owners.used_by_theirs & (owners.theirs | names_bound_by(cell))
                visit.begin(test, profile, read, tell, replaced)
                try:
                    with forbidden(visit.refuse):
                        exec(cell.body, self._namespace)
                        value = eval(cell.last, self._namespace) if cell.last else None
                    earned = points_of(value, cell.points)
                    message = "" if earned == cell.points else f"{earned:g} of {cell.points:g} points."
                finally:
                    visit.end(cell.imports)
                if visit.refusal:
                    raise visit.refusal
            except BaseException as error:
                earned, message = 0.0, explanation(error)
                self.silent, self.late = isinstance(error, Unanswered), isinstance(error, TookTooLong)
        check = CheckResult(test, cell.points, earned, message.encode(errors="replace").decode()[:MAX_MESSAGE])
        text = printed.getvalue()[:MAX_MESSAGE] + (f"{message}\n" if message else "")
        return Outcome(earned, text.encode(errors="replace").decode(), [check])

    def _run_given(self, place: str) -> None:
        """Run the given code before a test cell that has not been run yet."""
        for cell, code in self._cells.order[self._done :]:
            if self._cells.places.index(cell) > self._cells.places.index(place):
                return
            self._done += 1
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, self._namespace)
            self._given.add(self._namespace, names_bound(self._cells.owners.ours[cell]))


def names_bound_by(cell: PlainCell) -> set[str]:
    return {*cell.body.co_names, *(cell.last.co_names if cell.last else ())}
