"""What has no value stays in the student's process: objects under numbers, classes described, functions lent."""

from __future__ import annotations

import builtins
import importlib
import types
from collections.abc import Callable
from typing import Any

from labtools.instances import named
from labtools.uses import FUNCTIONS, SPECIAL, has_special, iterate, origin
from labtools.values import Values


class Kept:
    """The objects that the grader knows by a number, and what stands here for its functions.

    `exchange` has a function of the grader called: number, arguments as data, classes that it does not know yet.
    """

    def __init__(self, exchange: Callable[[Any, Any, Any], Any]) -> None:
        self._exchange = exchange
        self.values = Values(self.refer, self._resolve, -1)
        self.described: list[dict[str, Any]] = []  # classes that the grader does not know yet
        self._objects: list[Any] = []  # by number
        self._numbers: dict[int, int] = {}  # by identity
        self._borrowed: dict[int, Any] = {}  # what stands for functions of the grader

    def object(self, number: int) -> Any:
        return self._objects[number]

    def number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._objects.append(value)
            self._numbers[id(value)] = len(self._objects) - 1
        return self._numbers[id(value)]

    def refer(self, value: Any) -> list[Any]:
        if isinstance(value, types.ModuleType):
            return ["module", value.__name__]
        if id(value) in self._borrowed:
            return ["yours", self._borrowed[id(value)]]
        if self.values.is_shared(value):
            return self.values.instance(value, [])
        if isinstance(value, type):
            return ["class", self._describe(value), *origin(value)]
        if isinstance(value, BaseException):
            return ["error", *self.error(value)]
        kind = "instance"
        if isinstance(value, FUNCTIONS):
            kind = "function"
        elif hasattr(type(value), "__next__"):
            kind = "iterator"
        return ["object", self.number(value), self._describe(type(value)), kind, *origin(value)]

    def _describe(self, kind: type) -> int:
        """The number of a class, whose description the grader has got, or gets with the next answer."""
        known = id(kind) in self._numbers
        number = self.number(kind)
        if not known:
            bases = [self.values.encode(base) for base in kind.__bases__]
            special = [name for name in SPECIAL if has_special(kind, name)]
            self.described.append(
                {
                    "number": number,
                    "name": kind.__name__,
                    "module": str(getattr(kind, "__module__", "")),
                    "bases": bases,
                    "special": special,
                }
            )
        return number

    def error(self, error: BaseException) -> list[Any]:
        """An exception: its class, its arguments, its text, and itself."""
        try:
            arguments = self.values.encode(error.args)
        except (ValueError, RecursionError):
            arguments = self.values.encode((str(error)[:1000],))
        return [self.values.encode(type(error)), arguments, str(error)[:1000], self.number(error)]

    def _resolve(self, name: str, parts: list[Any]) -> Any:
        if name == "object":
            return self._objects[parts[0]]
        if name == "import":
            found = importlib.import_module(parts[0])
            return named(found, parts[1]) if parts[1] else found
        if name == "instance":
            return object.__new__(named(importlib.import_module(parts[0]), parts[1]))
        if name == "function":
            return self._borrow(*parts)
        if name == "iterator":
            return iterate(self._borrow(parts[0], ""))
        raise ValueError(f"the grader sent {name}")

    def _borrow(self, number: int, name: str) -> Callable[..., Any]:
        """What stands for a function of the grader's test."""

        def lent(*arguments: Any, **named: Any) -> Any:
            return self.ask(number, arguments, named)

        lent.__name__ = lent.__qualname__ = name
        self._borrowed[id(lent)] = number
        self._objects.append(lent)  # an identity is not given away again
        return lent

    def ask(self, function: int | str, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Have a function of the grader called, by its number; "input" is what it has in place of `input`."""
        self.values.begin()
        kind, *what = self._exchange(function, self.values.encode((arguments, named)), self.described)
        self.described = []
        if kind == "value":
            return self.values.decode(what[0])
        raised = getattr(builtins, what[0], RuntimeError)
        raise raised(*self.values.decode(what[1]))
