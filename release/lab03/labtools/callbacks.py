"""Functions that a check lends to the student's code: it holds stand-ins, and every call is computed on our side.

So what such a function knows (the minimum that is looked for, a right gradient) stays where the check is, and what
a check notes of the calls is not the student's word.
"""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from typing import Any

from labtools.plaindata import plain, restore

MAX_CALLS = 20_000  # of all functions that one question lends


class TooManyCalls(Exception):
    """The student's code calls a lent function without end."""


_numbers = itertools.count()  # no number is used again: a stand-in that was kept is worth nothing later


class Lent:
    """The functions that one question lends, by number. Each call is computed here."""

    def __init__(self) -> None:
        self._functions: dict[int, Callable[..., Any]] = {}
        self._calls = 0

    def lend(self, function: Callable[..., Any]) -> int:
        number = next(_numbers)
        self._functions[number] = function
        return number

    def call(self, number: Any, arguments: Any, named: Any) -> list[Any]:
        """Compute one call. Returns ["value", plain data], or ["error", name of the exception, message].

        TooManyCalls ends the question. Whatever is wrong with a call is told to the caller alone.
        """
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise TooManyCalls(f"a function was called more than {MAX_CALLS} times")
        if type(number) is not int or number not in self._functions:
            return ["error", "RuntimeError", "there is no such function"]
        try:
            given, keywords = restore(arguments), restore({"dict": named})
            return ["value", plain(self._functions[number](*given, **keywords))]
        except Exception as error:
            return ["error", type(error).__name__, str(error)[:300]]


#: Sends one call, [number of the function, arguments, named arguments], and returns what `Lent.call` gives.
Exchange = Callable[[int, Any, Any], Any]


def stand_in(number: int, exchange: Exchange) -> Callable[..., Any]:
    """What the student's code calls in the place of a function that was lent."""

    def lent(*arguments: Any, **named: Any) -> Any:
        kind, *what = exchange(number, plain(arguments), plain(named)["dict"])
        if kind == "value":
            return restore(what[0])
        raised = getattr(builtins, str(what[0]), None)
        if not (isinstance(raised, type) and issubclass(raised, Exception)):
            raised = RuntimeError
        raise raised(str(what[1]))

    return lent
