"""Answers whose cell ended in an error when it was last run: what was defined before is not what the cell says now.

In a notebook the old definition would still be there, and a check would judge it. When the lab is graded it is not.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ASSIGNED = re.compile(r"(?m)^(?:(?:def|class)\s+(\w+)|([\w, ]+?)\s*=(?!=))")
NOTHING = object()

#: For each name of an answer that is stale, the error that its cell ended in.
stale: dict[str, str] = {}
watching = False  # whether this is a student's notebook


def watch() -> None:
    """In a notebook, note from now on which cells end in an error."""
    global watching
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return
    shell = get_ipython()
    if shell is None:
        return
    watching = True
    answers = names_of_answers()
    before: dict[str, Any] = {}

    def begin(info: Any) -> None:
        before.clear()
        before.update({name: shell.user_ns.get(name, NOTHING) for name in bound(info.raw_cell) & answers})

    def end(result: Any) -> None:
        error = result.error_before_exec or result.error_in_exec
        for name, value in before.items():
            if error is None or shell.user_ns.get(name, NOTHING) is not value:
                stale.pop(name, None)
            elif value is not NOTHING:
                stale[name] = type(error).__name__

    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)


def names_of_answers() -> frozenset[str]:
    """The names that the lab's answers define, as the manifest of the release has them."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        manifest = json.loads(Path(__file__).with_name("manifest.json").read_text(encoding="utf-8"))
        return frozenset(
            name for cells in manifest["notebooks"].values() for cell in cells for name in cell.get("names", [])
        )
    return frozenset()


def bound(source: str) -> set[str]:
    """The names that a cell defines at its top level, also where it cannot be parsed."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        found = [each for match in ASSIGNED.finditer(source) for each in match.groups() if each]
        return {name.strip() for each in found for name in each.split(",")}
    names = {each.name for each in tree.body if isinstance(each, (ast.FunctionDef, ast.ClassDef))}
    assigned = [each for each in tree.body if isinstance(each, (ast.Assign, ast.AnnAssign))]
    return names | {node.id for each in assigned for node in ast.walk(each) if isinstance(node, ast.Name)}


def stale_name(check: Any) -> str | None:
    """A stale name that a check uses, itself or through the cell's own helpers."""
    waiting, seen = [check], set()
    while stale and waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionType) or function in seen:
            continue
        seen.add(function)
        names = mentioned(function.__code__)
        if found := sorted(names & stale.keys()):
            return found[0]
        waiting += [function.__globals__.get(name) for name in names if name.startswith("_")]
    return None


def mentioned(code: CodeType) -> set[str]:
    """The names that code takes from outside."""
    inner = [mentioned(each) for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*inner)
