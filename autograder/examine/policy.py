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
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from autograder.course import grade_id, is_solution
from autograder.examine.magics import plain_python

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
    for name in asked & set(trees):
        for where, code in reachable(name, trees):
            for node, what in suspects(code, imported):
                place = "" if where == name else f" of `{where}`, which it uses"
                found.setdefault(
                    name,
                    f"`{name}` asks for a formula by hand; the answer uses {what} in line {node.lineno}{place}: "
                    f"`{ast.unparse(node)[:100]}`.",
                )
    return found


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
        for used in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(defined)):
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
    bound: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            bound.update({target.id: node.value for target in node.targets if isinstance(target, ast.Name)})
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
            bound.update(zip((arg.arg for arg in reversed(node.args.args)), reversed(node.args.defaults)))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if is_automatic(node, imported):
            yield node, "automatic differentiation"
        elif is_numerical(node, bound, imported):
            yield node, "numerical differentiation"


def called(node: ast.expr, imported: dict[str, str]) -> list[str]:
    """The parts of the dotted name that an expression calls, from the module on; empty if it calls nothing."""
    if not isinstance(node, ast.Call):
        return []
    first, *rest = ast.unparse(node.func).split(".")
    return [*imported.get(first, first).split("."), *rest]


def is_automatic(node: ast.expr, imported: dict[str, str]) -> bool:
    parts = called(node, imported)
    if len(parts) > 1 and parts[0] != "self":
        return parts[-1] in AUTOMATIC or parts[0] in LIBRARIES
    field = isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.ctx, ast.Load)
    return field and not ast.unparse(node).startswith("self.")


def is_numerical(node: ast.expr, bound: dict[str, ast.expr], imported: dict[str, str]) -> bool:
    """A function of a library, or a difference of two function values over a small step."""
    parts = called(node, imported)
    if parts and parts[0] in ("numpy", "torch", "scipy"):
        return parts[-1] in NUMERICAL
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return False
    top = bound.get(node.left.id, node.left) if isinstance(node.left, ast.Name) else node.left
    if not (isinstance(top, ast.BinOp) and isinstance(top.op, ast.Sub)):
        return False
    called_twice = all(
        any(isinstance(part, ast.Call) for part in looked_up(side, bound)) for side in (top.left, top.right)
    )
    return called_twice and any(is_step(part) for part in looked_up(node.right, bound))


def looked_up(node: ast.AST, bound: dict[str, ast.expr]) -> list[ast.AST]:
    """The parts of an expression, and of what its names are bound to."""
    parts = list(ast.walk(node))
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    return parts + [part for name in names if name in bound for part in ast.walk(bound[name])]


def is_step(node: ast.AST) -> bool:
    """Whether this is a small number, such as 1e-5 or 10**-5."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return isinstance(node.right, ast.UnaryOp) and isinstance(node.right.op, ast.USub)
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and 0 < node.value <= SMALL
