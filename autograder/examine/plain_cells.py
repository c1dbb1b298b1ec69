"""The plain test cells of a master, in nbgrader's ordinary style, compiled: sitting.py runs them."""

from __future__ import annotations

import ast
import contextlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from nbformat import NotebookNode

from autograder.course import grade_id, is_plain, is_test
from autograder.examine.foreign_code import texts_in
from autograder.examine.given import forget_modules
from autograder.examine.kinds import ask_kinds
from autograder.examine.ownership import (
    Ownership,
    imports,
    names_bound,
    names_used,
    ownership,
    statements,
)
from autograder.examine.replaced import names_of_places


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
