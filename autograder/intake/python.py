"""What can be said of a cell's code without running it. Code that cannot be parsed has no names and no statements."""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

MAX_CODE = 50_000  # characters of a cell that are looked at
_MAGIC = re.compile(r"(?m)^(\s*)([%!].*)$")
_FENCE = re.compile(r"^\s*```[a-zA-Z]*\n(.*?)\n?```\s*$", re.DOTALL)


@lru_cache(maxsize=16)
def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell, its magics left out; None if there is none."""
    return parse(source)


def parse(source: str) -> ast.Module | None:
    if len(source) > MAX_CODE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(_MAGIC.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=512)
def bound(source: str) -> frozenset[str]:
    """The names that a cell defines at its top level."""
    tree = parsed(source)
    return frozenset().union(*(names_of(statement) for statement in tree.body)) if tree else frozenset()


def names_of(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement defines, those of imports left out."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset([statement.name])
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    nodes = (node for target in targets for node in walk_targets(target))
    names = frozenset(node.id for node in nodes if isinstance(node, ast.Name))
    if isinstance(statement, (ast.If, ast.With, ast.Try, ast.For, ast.While)):
        for each in statement.body:
            names |= names_of(each)
    return names


def walk_targets(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [node for each in target.elts for node in walk_targets(each)]
    return [target.value if isinstance(target, ast.Starred) else target]


@lru_cache(maxsize=512)
def essence(source: str) -> int | None:
    """A hash of what a cell does, without comments, docstrings and `pass`; None if it cannot be parsed."""
    tree = parse(source)
    if tree is None:
        return None
    try:
        return hash(ast.dump(_Essence().visit(tree)))
    except (RecursionError, MemoryError):
        return None


class _Essence(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Pass(self, node: ast.Pass) -> None:
        return None


def is_written(source: str, stub: str, kind: str) -> bool:
    """Whether an answer is more than the released stub."""
    if not source.strip() or source.strip() == stub.strip():
        return False
    if kind != "code":
        return True
    own = essence(source)
    return own is None or own not in (essence(stub), essence(""))


def unfenced(source: str) -> str:
    """Code that stands between Markdown's fences, without them."""
    match = _FENCE.match(source)
    return match.group(1) if match else source


def take_out(source: str, names: frozenset[str]) -> tuple[str, str]:
    """The statements of a cell that define or complete `names`, with the comments above them, and the rest."""
    tree = parsed(source)
    if tree is None:
        return "", source
    lines = source.split("\n")
    taken: list[str] = []
    rest: list[str] = []
    last = 0
    for statement in tree.body:
        end = statement.end_lineno or last
        own = names_of(statement)
        theirs = own & names or (taken and not own and uses(statement, names))
        (taken if theirs else rest).extend(lines[last:end])
        last = max(last, end)
    rest += lines[last:]
    return "\n".join(taken).strip("\n"), "\n".join(rest).strip("\n")


def uses(statement: ast.stmt, names: frozenset[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(statement))
