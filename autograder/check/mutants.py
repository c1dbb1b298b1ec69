"""Mutants: the solution of a cell with one small change, as a mistake would make it.

The usual operators are applied to the syntax tree of a solution: another arithmetic operator, comparison or
number, a sign turned round, two entries swapped, the other index of a name, a call or a statement left out.
Texts are left alone. The changes that
do not change what the cell does are recorded, with the reason, in `mutants.toml` beside the bank.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import CourseError, plain_python

ARITHMETIC: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.Pow: [ast.Mult],
}
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.GtE],
    ast.LtE: [ast.Gt],
    ast.Gt: [ast.LtE],
    ast.GtE: [ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}


@dataclass(frozen=True)
class Mutant:
    """One changed solution. `change` shows the line before and after, and is unique within the cell."""

    cell: str
    change: str
    source: str


def mutants_of(cell: str, solution: str) -> list[Mutant]:
    """All mutants of the solution of a cell, each another program. None where it is no Python."""
    try:
        tree = ast.parse(plain_python(solution))
    except (SyntaxError, ValueError):
        return []
    before = ast.unparse(tree)
    found: dict[str, str] = {}
    changes: dict[str, int] = {}
    for number, node in enumerate(ast.walk(tree)):
        for variant in range(len(list(_changes(node)))):
            twin = copy.deepcopy(tree)
            changed = list(_changes(_nth(twin, number)))[variant]
            changed()
            source = ast.unparse(ast.fix_missing_locations(twin))
            if source != before and source not in found:
                change = _difference(before, source)
                changes[change] = changes.get(change, 0) + 1
                found[source] = change if changes[change] == 1 else f"{change} ({changes[change]})"
    return [Mutant(cell, change, source) for source, change in found.items()]


def _nth(tree: ast.AST, number: int) -> ast.AST:
    return next(node for index, node in enumerate(ast.walk(tree)) if index == number)


def _changes(node: ast.AST) -> Iterator:
    """Functions that each change this node in one way."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        yield from (_setter(node, "op", kind()) for kind in ARITHMETIC.get(type(node.op), []))
    if isinstance(node, ast.Compare):
        yield from (_setter(node, "ops", [kind()]) for kind in COMPARISONS.get(type(node.ops[0]), []))
    if isinstance(node, ast.BoolOp):
        yield _setter(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        other = {bool: not node.value, int: node.value + 1, float: node.value * 2}
        yield _setter(node, "value", other[type(node.value)])
    if isinstance(node, ast.Return) and node.value and not isinstance(node.value, (ast.Tuple, ast.Constant)):
        yield _setter(node, "value", ast.UnaryOp(ast.USub(), node.value))
    if isinstance(node, (ast.Tuple, ast.List, ast.Call)):
        field = "args" if isinstance(node, ast.Call) else "elts"
        entries = getattr(node, field)
        for place in range(len(entries) - 1):
            swapped = [*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]
            yield _setter(node, field, swapped)
    for name in ("id", "attr"):
        text = getattr(node, name, "")
        if isinstance(getattr(node, "ctx", None), ast.Load) and (twin := _other_index(text)) != text:
            yield _setter(node, name, twin)
    for field, value in ast.iter_fields(node):
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            for new in _replacements(child):
                yield _setter(node, field, new, place if isinstance(value, list) else None)


def _replacements(node: object) -> Iterator[ast.AST]:
    """What may stand in the place of a node: a part of it, or nothing."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield node.operand
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and not node.args:
            yield node.func.value  # x.clone() becomes x
        if isinstance(node.func, ast.Name) and len(node.args) == 1:
            yield node.args[0]  # abs(x) becomes x
    if isinstance(node, (ast.AugAssign, ast.Break, ast.Continue, ast.Raise, ast.If)):
        yield ast.Pass()
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
        yield ast.Pass()


def _other_index(name: str) -> str:
    """u1 for u2, and w21 for w22: the first 1 or 2 of a name is the other one."""
    return re.sub("[12]", lambda digit: "2" if digit.group() == "1" else "1", name, count=1)


def _setter(node: ast.AST, field: str, new: object, place: int | None = None):  # type: ignore[no-untyped-def]
    def change() -> None:
        if place is None:
            setattr(node, field, new)
        else:
            getattr(node, field)[place] = new

    return change


def _difference(before: str, after: str) -> str:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    old, new = (" / ".join(line[2:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"{old} → {new}"


def read_equivalents(path: Path) -> dict[tuple[str, str], str]:
    """The recorded mutants that do not change what the cell does: (cell, change) → reason."""
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text())["equivalent"]
        return {(each["cell"], each["change"]): each["reason"] for each in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CourseError(f"{path} cannot be read: {error!r}") from None
