"""The trusted side of the wall: test cells run here, with stand-ins for the names that the student defines.

A test cell is compiled once, and run once a submission in a fresh namespace. Whatever it wants to know of
the student's code it asks through `labtools.asking`, whose `bridge` leads across the wall.
"""

from __future__ import annotations

import ast
import contextlib
import io
import pkgutil
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from nbformat import NotebookNode

from autograder.course import (
    CheckResult,
    Course,
    CourseError,
    Profile,
    grade_id,
    is_plain,
    is_solution,
    is_test,
    names_bound,
    names_used,
    profile_of,
    read_notebook,
    read_profiles,
)
from autograder.examine.judging import judging
from autograder.examine.outcome import Outcome
from autograder.examine.plain_cells import PlainCells

import labtools


@dataclass(frozen=True)
class StudentName:
    """Stands in a test cell for what the student calls by this name."""

    name: str


class CheckCells:
    """The test cells of one master notebook that end in the score of labtools' checks."""

    def __init__(self, master: NotebookNode) -> None:
        self.cells: dict[str, tuple[CodeType, CodeType, float]] = {}
        if not any(is_test(cell) and not is_plain(cell.source) for cell in master.cells):
            return
        self.student_names = self.names_of_students(master)
        given = []
        theirs = set(self.student_names)
        needed: set[str] = set()
        for cell in master.cells:
            if cell.cell_type != "code" or is_solution(cell):
                continue
            if is_test(cell) and is_plain(cell.source):
                continue
            if is_test(cell):
                points = float(cell.metadata.nbgrader.points)
                self.cells[grade_id(cell)] = (*split(cell.source, cell.id), points)
                needed |= names_used(cell.source)
            elif names_used(cell.source) & theirs:
                theirs |= names_bound(cell.source)  # builds on the student's work: never runs on this side
            elif grade_id(cell):
                given.append(cell.source)
        self.namespace = run_needed(given, needed)

    @staticmethod
    def names_of_students(master: NotebookNode) -> set[str]:
        """What the solution cells define."""
        cells = [cell for cell in master.cells if cell.cell_type == "code" and is_solution(cell)]
        return {name for cell in cells for name in names_bound(cell.source)}

    def run(self, test: str) -> Outcome:
        """Run one test cell. It gives no points if it ends in an error or without a number of points."""
        body, last, points = self.cells[test]
        namespace = dict(self.namespace)
        namespace.update({name: StudentName(name) for name in self.student_names})
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()), judging() as limit:
            exec(body, namespace)
            limit(namespace["checks"])
            score = eval(last, namespace)
        if type(score) is not float or not 0 <= score <= points:
            raise CourseError(f"{test} ends with {score!r}, which is not a number of points from 0 to {points:g}.")
        checks = []
        for name, weight, earned, message in namespace["checks"].results:
            checks.append(CheckResult(name, weight, earned, message.encode(errors="replace").decode()))
        return Outcome(score, output.getvalue(), checks, namespace["checks"].notes)


def run_needed(given: list[str], needed: set[str]) -> dict[str, Any]:
    """Run the given cells that define what the tests use, directly or through each other."""
    chosen = []
    for source in reversed(given):
        if names_bound(source) & needed:
            chosen.append(source)
            needed = needed | names_used(source)
    namespace: dict[str, Any] = {"__name__": "tests"}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in reversed(chosen):
            exec(compile(source, "given", "exec"), namespace)
    return namespace


class Lab:
    """The masters of a lab, loaded in this process with their judges and probes. A process serves one lab.

    `profiles` of its plain test cells are those of the release, unless others are given.
    """

    def __init__(self, course: Course, profiles: dict[str, Profile] | None = None) -> None:
        for folder in (course.home, course.source):  # where `hidden.<lab>` is found, and the lab's own modules
            if str(folder) not in sys.path:
                sys.path.insert(0, str(folder))
        labtools.__path__ = pkgutil.extend_path(labtools.__path__, labtools.__name__)  # the lab's own tools
        self.masters = {path.stem: read_notebook(path) for path in sorted(course.source.glob("*.ipynb"))}
        self.tests = {name: CheckCells(master) for name, master in self.masters.items()}
        plain = {name: PlainCells(master) for name, master in self.masters.items()}
        self.plain = {name: cells for name, cells in plain.items() if cells.cells}
        self.profiles: dict[str, Profile] = {}
        if self.plain:
            self._read_profiles(course, profiles)

    def _read_profiles(self, course: Course, profiles: dict[str, Profile] | None) -> None:
        known = read_profiles(course) if profiles is None else profiles
        for name, master in self.masters.items():
            for cell in master.cells:
                if is_test(cell) and is_plain(cell.source):
                    key = f"{name}/{grade_id(cell)}"
                    self.profiles[key] = profile_of(course, known, name, grade_id(cell), cell.source)
        # Tests and given code find the lab's files, and what they write does not get into the release.
        self._folder = tempfile.TemporaryDirectory(prefix="tests-")
        self.folder = Path(self._folder.name)
        shutil.copytree(course.release, self.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))


def split(source: str, name: str) -> tuple[CodeType, CodeType]:
    """Compile a test cell: all but the last expression, and the last expression, whose value is the points."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        raise CourseError(f"The test cell {name} does not end with an expression that gives the points.")
    body = ast.Module(tree.body[:-1], type_ignores=[])
    return compile(body, name, "exec"), compile(ast.Expression(last.value), name, "eval")
