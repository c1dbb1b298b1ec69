"""What a plain test cell gives to the student's code: functions that are computed here, things to import there, and
objects of the lab's own classes."""

from __future__ import annotations

import builtins
import importlib
import types
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from autograder.examine import standins

from labtools.callbacks import MAX_CALLS, TooManyCalls

if TYPE_CHECKING:
    from autograder.examine.received import Received


OURS = ("__main__", "autograder", "hidden")  # functions from there are computed here


class Lending:
    """The functions that a test has given away, by number. Each call of them is computed here, and counted.

    `origin` tells where both sides have a class, if they do (given.py).
    """

    def __init__(self, visit: Received, origin: Callable[[type], list[str] | None]) -> None:
        self._visit = visit
        self.values, self.origin = visit.values, origin
        self._functions: list[Any] = []
        self._numbers: dict[int, int] = {}  # by identity
        self._calls = 0

    def lend(self, function: Any) -> int:
        if id(function) not in self._numbers:
            self._functions.append(function)
            self._numbers[id(function)] = len(self._functions) - 1
        return self._numbers[id(function)]

    def check(self, standin: Any) -> None:
        """Refuse a stand-in of an earlier visit: what it stood for is gone."""
        if standins.across(standin if isinstance(standin, type) else type(standin)) is not self._visit:
            self._visit.refuse("this test uses what an earlier one got from code that gives no answer any more")

    def function(self, number: Any) -> Any:
        """The function of this number. ValueError if there is none."""
        if type(number) is not int or not 0 <= number < len(self._functions):
            raise ValueError("there is no such function")
        return self._functions[number]

    def call(self, number: Any, arguments: Any, described: Any) -> list[Any]:
        """Compute one call. Returns ["value", data], or ["error", name of the exception, its arguments].

        TooManyCalls ends the question. What the test itself must not see, such as a refusal, waits for the answer.
        """
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise TooManyCalls(f"a function was called more than {MAX_CALLS} times")
        values = self.values
        try:
            self._visit.learn(described)
            function = builtins.input if number == "input" else self.function(number)
            given, named = values.decode(arguments)
            result = function(*given, **named)
            values.begin()
            return ["value", values.encode(result)]
        except Exception as error:
            values.begin()
            name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
            try:
                return ["error", name, values.encode(error.args)]
            except (ValueError, TypeError):
                return ["error", name, values.encode((str(error)[:300],))]
        except BaseException as error:
            self._visit.refusal = self._visit.refusal or error
            values.begin()
            return ["error", "RuntimeError", values.encode(("the test is over",))]


def refer(value: Any, lending: Lending) -> list[Any]:
    """Data for what has no value: a stand-in, something to import, a function or an iterator of the test.

    An object of a class that the lab gives its students crosses by its state. TypeError for one of another kind, which
    only the test's own side can use.
    """
    if standins.is_standin(value):
        lending.check(value)
        return ["object", standins.number_of(value)]
    if isinstance(value, types.ModuleType):
        return ["import", value.__name__, ""]
    if place := place_of(value):
        return ["import", *place]
    if callable(value) and not isinstance(value, type):
        return ["function", lending.lend(value), str(getattr(value, "__name__", type(value).__name__))]
    if isinstance(value, Iterator):
        return ["iterator", lending.lend(value.__next__)]
    if origin := lending.origin(type(value)):
        return lending.values.instance(value, origin)
    raise TypeError(f"an object of type {type(value).__name__} of the test cannot be given to the student's code")


def place_of(value: Any) -> tuple[str, str] | None:
    """Where a function or a class of a library can be imported from, if it can."""
    module = getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if type(value).__name__ == "ufunc":
        module = "numpy"
    if not isinstance(module, str) or not isinstance(name, str) or module.split(".")[0] in OURS:
        return None
    found: Callable[..., Any] | Any
    try:
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return None
    return (module, name) if found is value else None
