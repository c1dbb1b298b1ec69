"""Plain test cells, in nbgrader's ordinary style: run on our side, with stand-ins for what is the student's."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from nbformat import NotebookNode

from autograder.course import CheckResult, Profile, grade_id, is_plain, is_test
from autograder.examine import standins
from autograder.examine.deadline import Deadline, TookTooLong
from autograder.examine.held import Refused, Unanswered
from autograder.examine.outcome import Outcome
from autograder.examine.ownership import (
    Ownership,
    names_bound,
    names_imported,
    names_used,
    ownership,
    statements,
)
from autograder.examine.surroundings import surroundings
from autograder.examine.visit import Ask, Visit
from autograder.intake import memory_limit

MAX_MESSAGE = 1000  # characters of an explanation


@dataclass(frozen=True)
class PlainCell:
    """A plain test cell, compiled: all but the last expression, and that one, whose value may be the points."""

    name: str
    points: float
    body: CodeType
    last: CodeType | None
    used: set[str]
    imports: list[list[str]]


class PlainCells:
    """The plain test cells of one master notebook."""

    def __init__(self, master: NotebookNode) -> None:
        self.owners: Ownership = ownership(master)
        self.cells: dict[str, PlainCell] = {}
        self.order: list[tuple[str, CodeType]] = []  # given code that is run here, by the id of its cell
        self.places = [cell.id for cell in master.cells]
        helpers: list[ast.stmt] = [each for nodes in self.owners.ours.values() for each in nodes]
        for cell in master.cells:
            if is_test(cell) and is_plain(cell.source):
                helpers += statements(cell.source)
                self.cells[grade_id(cell)] = compiled(cell, helpers)
            elif cell.id in self.owners.ours:
                body = ast.Module(self.owners.ours[cell.id], type_ignores=[])
                self.order.append((cell.id, compile(body, "given", "exec")))
        self.ids = {grade_id(cell): cell.id for cell in master.cells if is_test(cell)}
        self.imports: dict[tuple[str, str], Any] = {}

    def imported(self) -> dict[tuple[str, str], Any]:
        """What the master's imports give, by where that says it comes from."""
        if not self.imports:
            for module, inside in self.owners.imports.values():
                with contextlib.suppress(Exception):
                    found = importlib.import_module(module)
                    self.imports[module, ""] = found
                    if inside and inside != "*":
                        value = getattr(found, inside)
                        if isinstance(value, ModuleType):
                            self.imports[value.__name__, ""] = value
                        own = getattr(value, "__module__", None) or module
                        self.imports[own, getattr(value, "__qualname__", inside)] = value
        return self.imports


def compiled(cell: NotebookNode, helpers: list[ast.stmt]) -> PlainCell:
    """Compile a cell. `helpers`: what it may use of our own code, itself included."""
    nodes = statements(cell.source)
    last = nodes[-1] if nodes and isinstance(nodes[-1], ast.Expr) and not cell.source.rstrip().endswith(";") else None
    body = ast.Module(nodes[:-1] if last else nodes, type_ignores=[])
    return PlainCell(
        grade_id(cell),
        float(cell.metadata.nbgrader.points),
        compile(body, grade_id(cell), "exec"),
        compile(ast.Expression(last.value), grade_id(cell), "eval") if isinstance(last, ast.Expr) else None,
        reach(nodes, helpers),
        [[module, inside, name] for name, (module, inside) in names_imported(nodes).items() if inside != "*"],
    )


def reach(nodes: list[ast.stmt], helpers: list[ast.stmt]) -> set[str]:
    """The names that a cell uses, itself or through functions of ours that it uses."""
    found = names_used(nodes) | names_bound(nodes)
    while True:
        more = {name for each in helpers if names_bound([each]) & found for name in names_used([each])} - found
        if not more:
            return found
        found |= more


class Sitting:
    """The plain test cells of a notebook at work on one submission, in the order of the notebook.

    `process` tells which process of the student's answers now: what was known of another one is worth nothing.
    `recording` is for the master's own run: what it needs goes into the profiles.
    """

    def __init__(
        self,
        cells: PlainCells,
        ask: Ask,
        process: Callable[[], object],
        folder: Path,
        seconds: float,
        recording: bool = False,
    ) -> None:
        self._cells, self._ask, self._process = cells, ask, process
        self._folder, self._seconds, self._recording = folder, seconds, recording
        self._done = 0  # of the given code
        self._namespace: dict[str, Any] = {"__name__": "__main__", "display": lambda *_, **__: None}
        self._visit: Visit | None = None
        self._visited: object = None
        self.silent = False  # the last test got no answer

    def visit(self) -> Visit:
        """A visit that goes on, or a new one after a refusal or in a new process."""
        if self._visit is None or self._visit.refusal or self._visited is not self._process():
            self._visit = Visit(self._ask, self._namespace, self._cells.imported(), self._recording)
            self._visited = self._process()
        return self._visit

    def run(self, test: str, profile: Profile) -> Outcome:
        """Run one test cell, with nbgrader's rules: all points, none after an error, or as many as its last line says.

        Never raises for what the student's code does.
        """
        cell, owners = self._cells.cells[test], self._cells.owners
        read = cell.used & owners.theirs
        visit, self.silent = self.visit(), False

        def source(thing: Any) -> str | None:
            return visit.source(standins.number_of(thing)) if standins.is_standin(thing) else None

        around = surroundings(self._folder, source, visit.seeded)
        with memory_limit(), around as printed, Deadline() as deadline, deadline.limit(self._seconds):
            try:
                self._run_given(self._cells.ids[test])
                tell = cell.used & owners.used_by_theirs & (owners.theirs | names_bound_by(cell))
                visit.begin(test, profile, read, tell)
                try:
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
                self.silent = isinstance(error, Unanswered)
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


def names_bound_by(cell: PlainCell) -> set[str]:
    return {*cell.body.co_names, *(cell.last.co_names if cell.last else ())}


def points_of(value: Any, most: float) -> float:
    """Points by the value of a cell's last line, as nbgrader reads it: a number from 0 on is the points.

    Anything else gives all points. ValueError for a number above them.
    """
    if value is None:
        return most
    try:
        number = float(repr(value))
    except ValueError:
        return most
    if number > most:
        raise ValueError(f"the last line says {number:g}, which is more than the {most:g} points of this cell")
    return number if number >= 0 else most


def explanation(error: BaseException) -> str:
    """What went wrong, for the student; never a line of the test."""
    if isinstance(error, Refused):
        return f"Not accepted: {error}."
    if isinstance(error, Unanswered):
        return f"Your code gave no answer: {error}."
    if isinstance(error, TookTooLong):
        return "This test took too long."
    if isinstance(error, MemoryError):
        return "This test took too much memory."
    name = type(error).__name__
    if getattr(error, "of_student", False):
        return f"Your code raised {name}: {str(error)[:300]}"
    if isinstance(error, AssertionError):
        return str(error) or "An assertion does not hold."
    if isinstance(error, NameError):
        return str(error)
    return f"The test ended in {name}."
