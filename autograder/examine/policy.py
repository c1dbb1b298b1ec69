"""Answers for a person to look at: derivatives that were asked for by hand, and that a program worked out.

A solution cell of a master tagged `by-hand` asks for a formula. An answer there that uses automatic or
numerical differentiation gives right numbers, so it earns its points; it is flagged, with the line, and a
person decides. Here the answer is read, not run: the syntax tree of the cell, and of the student's own
functions that it uses.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

from nbformat import NotebookNode

from autograder.course import grade_id, is_solution, is_test, names_bound, plain_python
from autograder.examine.derivatives import suspects


def is_by_hand(cell: NotebookNode) -> bool:
    """Whether a solution cell of a master asks for derivatives by hand."""
    return is_solution(cell) and "by-hand" in cell.metadata.get("tags", [])


def judged_by(master: NotebookNode) -> dict[str, str]:
    """For each answer in code the first test that follows it."""
    found: dict[str, str] = {}
    waiting: list[str] = []
    for cell in master.cells:
        if is_solution(cell) and cell.cell_type == "code":
            waiting.append(grade_id(cell))
        elif is_test(cell):
            found.update(dict.fromkeys(waiting, grade_id(cell)))
            waiting = []
    return found


def signs(master: NotebookNode, notebook: NotebookNode) -> dict[str, list[str]]:
    """What a person should look at in a submitted notebook, in words, by the grade id of the answer."""
    asked = {grade_id(cell): names_bound(cell.source) for cell in master.cells if is_by_hand(cell)}
    if not asked:
        return {}
    locked = {grade_id(cell) for cell in master.cells if not is_solution(cell)} - {""}
    sources = {grade_id(cell) or cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    trees = {name: tree for name, source in sources.items() if name not in locked and (tree := parse(source))}
    functions = {name for tree in trees.values() for name in functions_of(tree)}
    functions.update(*(given_functions(source) for name, source in sources.items() if name in locked))
    imported = imports(tree for name, tree in trees.items() if "import" in sources[name])
    found: dict[str, list[str]] = {}
    for name in sorted(set(asked) & set(trees)):
        hits = ((where, *hit) for where, part in reachable(name, trees) for hit in suspects(part, imported, functions))
        if first := next(hits, None):
            where, node, what = first
            place = "" if where == name else f" of `{where}`, which it uses"
            found[name] = [f"it uses {what} in line {node.lineno}{place}: `{code_of(node, sources[where])}`"]
    for name, where in redefined(asked, trees).items():
        found.setdefault(name, []).append(f"what it defines is defined anew in `{where}`")
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


def bindings(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """What a cell binds at its top level, by `def`, `class` or `=`, and the fields of names that it sets."""
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                while isinstance(target, ast.Attribute):
                    target = target.value
                if isinstance(target, ast.Name):
                    yield target.id, node


def functions_of(tree: ast.Module) -> Iterator[str]:
    """The functions that a cell defines, at any depth, by `def` or as a lambda with a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@lru_cache(maxsize=500)
def given_functions(source: str) -> frozenset[str]:
    """The functions that a given cell defines: it is the same in each submission."""
    tree = parse(source)
    return frozenset(functions_of(tree) if tree else ())


def reachable(name: str, trees: dict[str, ast.Module]) -> Iterator[tuple[str, ast.AST]]:
    """An answer, and what other cells bind that it uses, directly or through each other."""
    defined: dict[str, list[tuple[str, ast.AST]]] = {}
    for cell, own in trees.items():
        for bound, node in bindings(own) if cell != name else ():
            defined.setdefault(bound, []).append((cell, node))
    todo: list[tuple[str, ast.AST]] = [(name, trees[name])]
    while todo:
        where, tree = todo.pop(0)
        yield where, tree
        for used in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}):
            todo += defined.pop(used, [])


def redefined(asked: dict[str, set[str]], trees: dict[str, ast.Module]) -> dict[str, str]:
    """The answers whose names, `asked` by the master, a later cell binds again; and that cell."""
    owner: dict[str, str] = {}
    found: dict[str, str] = {}
    for cell, tree in trees.items():
        for bound, _ in bindings(tree):
            if bound in owner and owner[bound] != cell:
                found[owner[bound]] = cell
        owner.update(dict.fromkeys(asked.get(cell, ()), cell))
    return found


def imports(trees: Iterable[ast.AST]) -> dict[str, str]:
    """What the names of imports stand for: with `from torch.autograd import grad as g`, g is torch.autograd.grad."""
    found = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found.update({each.asname: each.name for each in node.names if each.asname})
        elif isinstance(node, ast.ImportFrom):
            found.update({each.asname or each.name: f"{node.module}.{each.name}" for each in node.names})
    return found
