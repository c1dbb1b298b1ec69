"""Whose is a name in a plain test cell: the student's, or the master's own?

The student's are the names that solution cells define or change in place, and those that given code makes of them.
Everything else that a test needs is made here, from the master's given code: definitions, imports, data.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.course import is_solution, is_test, solution

_MAGIC = re.compile(r"^(\s*)([%!].*|\?\S+|\S+\?{1,2})$", re.MULTILINE)
_TIMING = re.compile(r"\A\s*%%(time|timeit|capture)\b.*\n")


def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell, magics left out. Empty if it is no Python."""
    text = _MAGIC.sub(r"\1pass", _TIMING.sub("\n", source))
    if source.lstrip().startswith("%%") and not _TIMING.match(source):
        return []
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return []


def names_at_once(node: ast.AST) -> Iterator[str]:
    """The names that a statement uses when it is run, not those of the bodies of functions that it defines."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        outside: list[ast.AST] = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
        outside += getattr(node, "decorator_list", [])
        for each in outside:
            yield from names_at_once(each)
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from names_at_once(child)


def names_used(nodes: Iterable[ast.AST]) -> set[str]:
    """All names that the code uses anywhere, and texts that may name something (`"x" in globals()`)."""
    found = set()
    for node in (inner for each in nodes for inner in ast.walk(each)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    return found


def names_bound(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that statements define at the top level of a cell, imports left out; and those declared global."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
            found |= {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
            continue
        inner = ast.walk(node)
        found |= {each.id for each in inner if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)}
        found |= names_bound(each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt))
    return found


def imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, str]]:
    """What imports bind anywhere in the code: the name, the module, and the name in it (or "")."""
    for node in (inner for each in nodes for inner in ast.walk(each)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                yield (alias.asname, alias.name, "") if alias.asname else (first, first, "")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                yield alias.asname or alias.name, node.module or "", alias.name


def names_imported(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for name, _, _ in imports(nodes)}


def names_changed(nodes: Iterable[ast.AST]) -> set[str]:
    """Names whose value is changed in place: `x[0] = 1`, `x.y += 1`, `del x[0]`, `x.append(1)`."""
    found = set()
    for node in (inner for each in nodes for inner in ast.walk(each)):
        targets: list[ast.AST] = []
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            targets = [node]
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            targets = [node.value.func] if isinstance(node.value.func, ast.Attribute) else []
        elif isinstance(node, ast.Call) and any(each.arg == "inplace" for each in node.keywords):
            targets = [node.func]
        for target in targets:
            while isinstance(target, (ast.Subscript, ast.Attribute, ast.Call)):
                target = target.func if isinstance(target, ast.Call) else target.value
            if isinstance(target, ast.Name):
                found.add(target.id)
    return found


@dataclass
class Ownership:
    """Whose is what in one master notebook."""

    theirs: set[str] = field(default_factory=set)
    used_by_theirs: set[str] = field(default_factory=set)  # names that the student's side of the master uses
    #: code that is run on our side, by the id of its cell
    ours: dict[str, list[ast.stmt]] = field(default_factory=dict)
    #: all that the master imports, anywhere: names, modules, and names in them (or "")
    imports: set[tuple[str, str, str]] = field(default_factory=set)


def ownership(master: NotebookNode) -> Ownership:
    """Sort the names of a master notebook."""
    solved: list[ast.stmt] = []
    tests: list[ast.stmt] = []
    given: list[tuple[str, ast.stmt]] = []
    for cell in master.cells:
        if cell.cell_type != "code":
            continue
        if is_solution(cell):
            solved += statements(solution(cell.source))
        elif is_test(cell):
            tests += statements(cell.source)
        else:
            given += [(cell.id, each) for each in statements(cell.source)]
    ours_imported = names_imported([*tests, *(each for _, each in given)])
    imported = names_imported(solved) | ours_imported
    found = Ownership(imports={*imports([*solved, *tests, *(each for _, each in given)])})
    used = names_used(solved)
    found.theirs = names_bound(solved) | (names_imported(solved) - ours_imported)
    found.theirs |= (names_changed(solved) | declared_global(solved)) - imported - set(vars(builtins))
    theirs_given = sort_given(found.theirs, used, imported, [each for _, each in given])
    found.used_by_theirs = names_used([*solved, *theirs_given])
    needed = names_used(tests)
    for name, each in reversed([(name, each) for name, each in given if each not in theirs_given]):
        if (names_bound([each]) | names_imported([each]) | names_changed([each])) & needed or starred(each):
            found.ours.setdefault(name, []).insert(0, each)
            needed |= names_used([each])
    return found


def sort_given(theirs: set[str], used: set[str], imported: set[str], given: list[ast.stmt]) -> list[ast.stmt]:
    """The given statements that are the student's, because they build on their work.

    Adds to `theirs` what they define, and what they change in place: a list that a loop over a student's array fills.
    """
    found: list[ast.stmt] = []
    while True:
        more = [
            each
            for each in given
            if each not in found
            and (
                set(names_at_once(each)) & theirs
                or names_bound([each]) & theirs
                or (isinstance(each, ast.ClassDef) and each.name in used)
            )
            and not names_imported([each])
        ]
        if not more:
            return found
        found += more
        theirs |= names_bound(more) | (names_changed(more) - imported)


def declared_global(nodes: Iterable[ast.AST]) -> set[str]:
    return {name for each in nodes for inner in ast.walk(each) if isinstance(inner, ast.Global) for name in inner.names}


def starred(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
