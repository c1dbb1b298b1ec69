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
from autograder.examine.forbidden import forbidden
from autograder.examine.foreign_code import foreign_code, texts_in
from autograder.examine.given import GivenClasses, forget_modules
from autograder.examine.held import Unanswered
from autograder.examine.kinds import NAME, ask_kinds, kind_of
from autograder.examine.outcome import Outcome
from autograder.examine.ownership import (
    Ownership,
    imports,
    names_bound,
    names_used,
    ownership,
    statements,
)
from autograder.examine.replaced import Replaced, names_of_places
from autograder.examine.rules import explanation, points_of
from autograder.examine.surroundings import surroundings
from autograder.examine.visit import Ask, Visit
from autograder.examine.waiting import fair_clock
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
    places: set[str]  # names of what it may set an attribute of


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
                body = ask_kinds(ast.Module(self.owners.ours[cell.id], type_ignores=[]))
                self.order.append((cell.id, compile(body, "given", "exec")))
        self.texts = texts_in(helpers)  # code that these cells may run from a text
        self.ids = {grade_id(cell): cell.id for cell in master.cells if is_test(cell)}
        self.imports: dict[tuple[str, str], Any] = {}

    def begin(self, folder: Path) -> None:
        """Begin with a submission: modules of the lab, whose files lie in `folder`, are loaded anew."""
        forget_modules(folder, [module for _, module, _ in self.owners.imports if module])
        self.imports = {}

    def imported(self) -> dict[tuple[str, str], Any]:
        """What the master's imports give, by where that says it comes from."""
        if not self.imports:
            for _, module, inside in self.owners.imports:
                with contextlib.suppress(Exception):
                    found = importlib.import_module(module)
                    self.imports[module, ""] = found
                    if inside and inside != "*":
                        value = (
                            getattr(found, inside)
                            if hasattr(found, inside)
                            else importlib.import_module(f"{module}.{inside}")
                        )
                        if isinstance(value, ModuleType):
                            self.imports[value.__name__, ""] = value
                        own = getattr(value, "__module__", None) or module
                        self.imports[own, getattr(value, "__qualname__", inside)] = value
        return self.imports


def compiled(cell: NotebookNode, helpers: list[ast.stmt]) -> PlainCell:
    """Compile a cell. `helpers`: what it may use of our own code, itself included."""
    nodes = ask_kinds(ast.Module(statements(cell.source), type_ignores=[])).body
    used = reach(nodes, helpers)
    last = nodes[-1] if nodes and isinstance(nodes[-1], ast.Expr) and not cell.source.rstrip().endswith(";") else None
    body = ast.Module(nodes[:-1] if last else nodes, type_ignores=[])
    return PlainCell(
        grade_id(cell),
        float(cell.metadata.nbgrader.points),
        compile(body, grade_id(cell), "exec"),
        compile(ast.Expression(last.value), grade_id(cell), "eval") if isinstance(last, ast.Expr) else None,
        used,
        [[module, inside, name] for name, module, inside in imports(nodes) if inside != "*"],
        names_of_places([*nodes, *(each for each in helpers if names_bound([each]) & used)]),
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
