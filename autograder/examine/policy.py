"""Answers for a person to look at: derivatives that were asked for by hand, and that a program worked out.

A solution cell of a master tagged `by-hand` asks for a formula. An answer there that uses automatic or
numerical differentiation gives right numbers, so it earns its points; it is flagged, with the line, and a
person decides. The answer is read, not run: the syntax tree of the cell, and of the student's own functions
that it uses.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator

from nbformat import NotebookNode

from autograder.course import grade_id, is_solution
from autograder.examine.magics import plain_python

LONGEST = 20  # parts of a dotted name
SMALL = 0.01  # a step of numerical differentiation is at most this
AUTOMATIC = {"grad", "backward", "jacobian", "hessian", "vjp", "jvp", "jacrev", "jacfwd", "value_and_grad"}
LIBRARIES = {"functorch", "jax", "sympy"}
NUMERICAL = {"approx_fprime", "derivative", "gradient"}


def is_by_hand(cell: NotebookNode) -> bool:
    """Whether a solution cell of a master asks for derivatives by hand."""
    return is_solution(cell) and "by-hand" in cell.metadata.get("tags", [])


def flags(master: NotebookNode, notebook: NotebookNode) -> dict[str, str]:
    """What a person should look at in a submitted notebook, in words, by the grade id of the answer."""
    asked = {grade_id(cell) for cell in master.cells if is_by_hand(cell)}
    locked = {grade_id(cell) for cell in master.cells if not is_solution(cell)} - {""}
    if not asked:
        return {}
    sources = {
        grade_id(cell) or cell.id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and grade_id(cell) not in locked
    }
    trees = {name: tree for name, source in sources.items() if (tree := parse(source))}
    imported = imports(tree for name, tree in trees.items() if "import" in sources[name])
    found: dict[str, str] = {}
    for name in sorted(asked & set(trees)):
        hits = ((where, *hit) for where, code in reachable(name, trees) for hit in suspects(code, imported))
        if first := next(hits, None):
            where, node, what = first
            place = "" if where == name else f" of `{where}`, which it uses"
            found[name] = (
                f"`{name}` asks for a formula by hand; the answer uses {what} in line {node.lineno}{place}: "
                f"`{code_of(node, sources[where])}`."
            )
    return found


def code_of(node: ast.expr, source: str) -> str:
    """The code of an expression, in one line and not too long."""
    first, *more = source.split("\n")[node.lineno - 1 : node.end_lineno]
    end = None if more else node.end_col_offset
    text = first.encode()[node.col_offset : end].decode(errors="replace")
    return " ".join([text, *(line.strip() for line in more)])[:100].replace("`", "'")


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, if need be without IPython's lines. None if it is no Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in (source, plain_python(source)):
            with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                return ast.parse(text)
    return None


def reachable(name: str, trees: dict[str, ast.Module]) -> Iterator[tuple[str, ast.AST]]:
    """An answer, and the functions and classes of other cells that it uses, directly or through each other."""
    defined = {
        node.name: (cell, node)
        for cell, tree in trees.items()
        if cell != name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    todo: list[tuple[str, ast.AST]] = [(name, trees[name])]
    while todo:
        where, tree = todo.pop(0)
        yield where, tree
        for used in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}):
            if used in defined:
                todo.append(defined.pop(used))


def imports(trees: Iterable[ast.AST]) -> dict[str, str]:
    """What the names of imports stand for: with `from torch.autograd import grad as g`, g is torch.autograd.grad."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found.update({each.asname: each.name for each in node.names if each.asname})
        elif isinstance(node, ast.ImportFrom):
            found.update({each.asname or each.name: f"{node.module}.{each.name}" for each in node.names})
    return found


def suspects(tree: ast.AST, imported: dict[str, str]) -> Iterator[tuple[ast.expr, str]]:
    """Expressions that differentiate, and what they use, in the order of the lines."""
    nodes = list(ast.walk(tree))
    looks = Looks(nodes)
    expressions = [node for node in nodes if isinstance(node, ast.expr)]
    for node in sorted(expressions, key=lambda node: (node.lineno, node.col_offset)):
        if is_automatic(node, imported):
            yield node, "automatic differentiation"
        elif is_numerical(node, looks, imported):
            yield node, "numerical differentiation"


def dotted(node: ast.expr) -> list[str]:
    """The parts of a dotted name; the first one is empty where it is no name, or the whole is longer than any name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < LONGEST:
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]


def called(node: ast.expr, imported: dict[str, str]) -> list[str]:
    """The parts of the dotted name that an expression calls, from the module on; empty if it calls nothing."""
    if not isinstance(node, ast.Call):
        return []
    first, *rest = dotted(node.func)
    return [*imported.get(first, first).split("."), *rest]


def is_automatic(node: ast.expr, imported: dict[str, str]) -> bool:
    parts = called(node, imported)
    if len(parts) > 1 and parts[0] != "self":
        return parts[-1] in AUTOMATIC or parts[0] in LIBRARIES
    field = isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.ctx, ast.Load)
    return field and dotted(node)[0] != "self"


class Looks:
    """Which expressions of a tree hold a call, or a small number, themselves or in what their names are bound to.

    Each node is looked at once, after those in it: looking into each expression anew would take a time that grows with
    the square of what a student writes.
    """

    def __init__(self, nodes: list[ast.AST]) -> None:
        """`nodes`: of a tree, each before those in it (as `ast.walk` gives them)."""
        self.bound: dict[str, ast.expr] = {}
        for node in nodes:
            if isinstance(node, ast.Assign):
                self.bound.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
            elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
                self.bound.update(zip((arg.arg for arg in reversed(node.args.args)), reversed(node.args.defaults)))
        calls = self._holding(nodes, lambda node: isinstance(node, ast.Call))
        steps = self._holding(nodes, is_step)
        self._calls = self._holding(nodes, lambda node: node in calls or self._name_of(node) in calls)
        self._steps = self._holding(nodes, lambda node: node in steps or self._name_of(node) in steps)

    def _name_of(self, node: ast.AST) -> ast.expr | None:
        return self.bound.get(node.id) if isinstance(node, ast.Name) else None

    @staticmethod
    def _holding(nodes: list[ast.AST], test: Callable[[ast.AST], bool]) -> set[ast.AST | None]:
        found: set[ast.AST | None] = set()
        for node in reversed(nodes):
            if test(node) or any(each in found for each in ast.iter_child_nodes(node)):
                found.add(node)
        return found

    def call(self, node: ast.AST) -> bool:
        return node in self._calls

    def small_step(self, node: ast.AST) -> bool:
        return node in self._steps


def is_numerical(node: ast.expr, looks: Looks, imported: dict[str, str]) -> bool:
    """A function of a library, or a difference of two function values over a small step."""
    parts = called(node, imported)
    if parts and parts[0] in ("numpy", "torch", "scipy"):
        return parts[-1] in NUMERICAL
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    top = looks.bound.get(node.left.id, node.left) if isinstance(node.left, ast.Name) else node.left
    if not (isinstance(top, ast.BinOp) and isinstance(top.op, ast.Sub)):
        return False
    return looks.call(top.left) and looks.call(top.right) and looks.small_step(node.right)


def is_step(node: ast.AST) -> bool:
    """Whether this is a small number, such as 1e-5 or 10**-5."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub)
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value <= SMALL
