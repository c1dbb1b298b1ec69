"""Code that differentiates, in the syntax tree of an answer: a hint, since a program can be written in many ways.

What the answer does is looked at as well (labtools/byhand.py); this says in which line a person finds it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

LONGEST = 20  # parts of a dotted name
SMALL = 0.01  # a step of numerical differentiation is at most this
AUTOMATIC = {"grad", "backward", "jacobian", "hessian", "vjp", "jvp", "jacrev", "jacfwd", "value_and_grad"}
LIBRARIES = {"functorch", "jax", "sympy"}
NUMERICAL = {"approx_fprime", "derivative", "gradient"}
UNREADABLE = {"exec", "eval", "compile", "__import__"}


def suspects(tree: ast.AST, imported: dict[str, str], functions: set[str]) -> Iterator[tuple[ast.expr, str]]:
    """Expressions that differentiate, and what they use, in the order of the lines.

    `imported` says what the names of imports stand for, `functions` are those that the notebook defines.
    """
    nodes = list(ast.walk(tree))
    looks = Looks(nodes)
    expressions = [node for node in nodes if isinstance(node, ast.expr)]
    for node in sorted(expressions, key=lambda node: (node.lineno, node.col_offset)):
        if is_automatic(node, imported):
            yield node, "automatic differentiation"
        elif is_complex_step(node):
            yield node, "the imaginary part of a number, as a complex step does,"
        elif is_numerical(node, looks, imported) or is_difference(node, looks, functions):
            yield node, "numerical differentiation"
        elif is_unreadable(node):
            yield node, "code that is made at run time"


def dotted(node: ast.expr) -> list[str]:
    """The parts of a dotted name; the first one is empty where it is no name, or the whole is longer than any name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < LONGEST:
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]


def full_name(node: ast.expr, imported: dict[str, str]) -> list[str]:
    """The parts of a dotted name, from the module on."""
    first, *rest = dotted(node)
    return [*imported.get(first, first).split("."), *rest]


def is_automatic(node: ast.expr, imported: dict[str, str]) -> bool:
    """A function of a library that differentiates, called or given another name; or the field `grad` of a tensor."""
    if isinstance(node, ast.Call):
        parts = full_name(node.func, imported)
        return len(parts) > 1 and parts[0] != "self" and (parts[-1] in AUTOMATIC or parts[0] in LIBRARIES)
    if not isinstance(node, (ast.Attribute, ast.Name)) or not isinstance(node.ctx, ast.Load):
        return False
    parts = full_name(node, imported)
    from_library = parts[0] == "torch" and (parts[-1] in AUTOMATIC or "forward_ad" in parts)
    return from_library or (isinstance(node, ast.Attribute) and node.attr == "grad" and parts[0] != "self")


def is_complex_step(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "imag" and isinstance(node.ctx, ast.Load)


def is_unreadable(node: ast.expr) -> bool:
    """Code from text, or a name that is looked up by a text which is not there to read."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    by_text = node.func.id == "getattr" and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
    return by_text or node.func.id in UNREADABLE


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
        self._calls = self._holding(nodes, lambda node: node in calls or self.meant(node) in calls)
        self._steps = self._holding(nodes, lambda node: node in steps or self.meant(node) in steps)

    def meant(self, node: ast.AST) -> ast.AST | None:
        """What a name is bound to; None for a name that is not, and for all that is no name."""
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
    parts = full_name(node.func, imported) if isinstance(node, ast.Call) else []
    if parts and parts[0] in ("numpy", "torch", "scipy"):
        return parts[-1] in NUMERICAL
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    top = looks.meant(node.left) or node.left
    if not (isinstance(top, ast.BinOp) and isinstance(top.op, ast.Sub)):
        return False
    return looks.call(top.left) and looks.call(top.right) and looks.small_step(node.right)


def is_difference(node: ast.expr, looks: Looks, functions: set[str]) -> bool:
    """A difference of two values of one function of the notebook, over whatever step."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)):
        return False
    sides = [looks.meant(side) or side for side in (node.left, node.right)]
    names = {side.func.id for side in sides if isinstance(side, ast.Call) and isinstance(side.func, ast.Name)}
    both = all(isinstance(side, ast.Call) for side in sides)
    return both and len(names) == 1 and names <= functions


def is_step(node: ast.AST) -> bool:
    """Whether this is a small number, such as 1e-5 or 10**-5."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub)
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value <= SMALL
