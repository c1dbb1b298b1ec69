"""What a test cell puts in the place of attributes of modules and classes of a library: for the time of the cell.

On our side they are put back after the cell. The student's process is told of them (labtools/replacing.py), so that a
function that a test takes away, or puts another in the place of, is missing or another one there, too.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from operator import is_
from types import ModuleType
from typing import Any

#: What code that may set an attribute of something uses, beside an assignment to it.
SETTERS = {"setattr", "delattr", "vars", "patch", "mock", "monkeypatch", "MonkeyPatch", "__dict__", "__setattr__"}
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
#: Not told: what stands there is of this process, and crosses in other ways (streams, filters of warnings, input).
OF_THIS_PROCESS = {"sys", "warnings", "inspect", "__main__"}
GONE, AS_BEFORE = object(), object()


def names_of_places(nodes: list[ast.stmt]) -> set[str]:
    """The names, with dots, in code and in texts, of what this code may set an attribute of. Empty if it sets none."""
    inner = [each for node in nodes for each in ast.walk(node)]
    found = {each.id for each in inner if isinstance(each, ast.Name)}
    attributes = [each for each in inner if isinstance(each, ast.Attribute)]
    found |= {each.attr for each in attributes}
    if not found & SETTERS and all(isinstance(each.ctx, ast.Load) for each in attributes):
        return set()
    texts = {each.value for each in inner if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    texts |= {ast.unparse(each) for each in attributes}
    return found | {text for text in texts if DOTTED.fullmatch(text)}


class Replaced:
    """The attributes of what these names lead to, as they are now, and what becomes of them.

    The names lead to modules, and classes of modules: by the names of a test, its imports, or the loaded modules.
    """

    def __init__(
        self, names: Iterable[str], namespace: dict[str, Any], imports: Iterable[tuple[str, str, str]]
    ) -> None:
        known: dict[str, Any] = dict(sys.modules)
        for name, module, inside in imports:
            if module in sys.modules:
                known[name] = vars(sys.modules[module]).get(inside) if inside else sys.modules[module]
        known |= namespace
        self._owners: dict[int, Any] = {}
        self._words = {part for name in names for part in name.split(".")}
        for name in names:
            self._follow(known, name.split("."))
        self._before = {key: dict(vars(owner)) for key, owner in self._owners.items()}
        self._told: dict[tuple[int, str], Any] = {}

    def _follow(self, known: dict[str, Any], parts: list[str]) -> None:
        thing: Any = None
        for part in parts:
            thing = vars(thing).get(part) if thing else known.get(part)
            if not isinstance(thing, ModuleType) and not is_class_of_a_module(thing):
                break
            self._owners[id(thing)] = thing

    def _changed(self) -> Iterator[tuple[int, str]]:
        """The attributes that are others than before the cell. A submodule that was imported since is none."""
        for key, before in self._before.items():
            now = vars(self._owners[key])
            if len(now) == len(before) and all(map(is_, now.values(), before.values())):
                continue  # as it is nearly always, before each use of a student's object
            for name in [name for name, value in now.items() if before.get(name, GONE) is not value]:
                if not isinstance(now[name], ModuleType) and (name in self._words or not name.startswith("_")):
                    yield key, name
            yield from [(key, name) for name in before if name not in now]

    def news(self) -> Iterator[tuple[list[str], Any, bool]]:
        """What has changed since this was last asked: module, class or "", and name; the value now; if a name says so.

        GONE is the value of what is no more, AS_BEFORE that of what is again as it was before the cell.
        """
        now = {(key, name): vars(self._owners[key]).get(name, GONE) for key, name in self._changed()}
        for key, name in {**self._told, **now}:
            value = now.get((key, name), AS_BEFORE)
            if self._told.get((key, name), AS_BEFORE) is not value:
                self._told[key, name] = value
                place = place_of(self._owners[key])
                if place[0] not in OF_THIS_PROCESS and (place[0], name) != ("builtins", "input"):
                    yield [*place, name], value, name in self._words

    def put_back(self) -> None:
        for key, name in list(self._changed()):
            with contextlib.suppress(AttributeError, TypeError):
                if name in self._before[key]:
                    setattr(self._owners[key], name, self._before[key][name])
                else:
                    delattr(self._owners[key], name)


def is_class_of_a_module(thing: Any) -> bool:
    """Whether this is a class of a module, with attributes that are set as those of any class: no stand-in."""
    if not issubclass(type(thing), type) or type(thing).__setattr__ is not type.__setattr__:
        return False
    return thing.__module__ != "__main__"


def place_of(owner: Any) -> tuple[str, str]:
    """The module, and the name of a class in it or ""."""
    return (owner.__name__, "") if isinstance(owner, ModuleType) else (owner.__module__, owner.__qualname__)
