"""Questions to the student's code: every call goes through a probe and comes back as plain data.

A probe is a function that runs beside the student's code and may use its objects. In a notebook that is
this very process. A grader sets `bridge` and so has the probes run in the student's process (see answering.py)
while the checks stay in its own. A probe is given inputs only: what a check must keep to itself, such as a function
to minimise or a right gradient, is lent to it as a function (see callbacks.py).
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from labtools.callbacks import Exchange, Lent, TooManyCalls, stand_in
from labtools.errors import in_words, place_of
from labtools.patience import SECONDS, patience
from labtools.plaindata import plain, restore
from labtools.unwritten import is_unwritten


class Answer(NamedTuple):
    """What came back from one call: a value, or the name, message and place of the exception.

    An exception of a class of the student's own has the name of the built-in class that it is derived from. Its place
    is a line of the notebook.
    """

    value: Any = None
    error: str | None = None
    message: str = ""
    place: str = ""

    @property
    def raised(self) -> str:
        """The exception in words for the student."""
        return in_words(self.error or "", self.message, self.place)


class Unanswered(Exception):
    """The student's code could not answer: it took too long, its process died, or its reply made no sense."""


class Unwritten(Unanswered):
    """The student's code is as it was handed out."""


UNWRITTEN = [["unwritten"]]  # in the place of answers


def attempt(function: Callable[..., Any], *arguments: Any) -> Answer:
    """Call a function of the student, and keep the value or the exception."""
    try:
        return Answer(plain(function(*arguments)))
    except TooManyCalls:
        raise
    except (Exception, SystemExit) as error:
        name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
        return Answer(None, name, str(error)[:300], place_of(error))


PROBES: dict[str, Callable[..., list[Answer]]] = {}


def probe(function: Callable[..., list[Answer]]) -> Callable[..., list[Answer]]:
    """Decorator: a function ``(target, *plain data) -> answers`` that runs beside the student's code."""
    PROBES[function.__name__] = function
    return function


#: Set by a grader that keeps the student's code in another process: it is then called as
#: ``bridge(name of the probe, stand-in for the target, plain arguments, lent functions)`` and returns plain answers.
bridge: Callable[[str, Any, Any, Lent], list[Any]] | None = None


def serve(probe: str, target: Any, arguments: Any, exchange: Exchange) -> list[list[Any]]:
    """Run a probe beside the student's code. Plain data in, plain data out; `exchange` leads to lent functions."""
    if is_unwritten(target):
        return UNWRITTEN
    given = restore(arguments, lambda number: stand_in(number, exchange))
    return [list(answer) for answer in PROBES[probe](target, *given)]


def ask(probe: Callable[..., list[Answer]], target: Any, *arguments: Any) -> list[Answer]:
    """Run ``probe(target, *arguments)`` where the student's code lives, and return its answers.

    Functions among the arguments are lent: the probe gets stand-ins, and they are called on this side.
    """
    lent = Lent()
    given = plain(arguments, lent.lend)
    with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")  # a warning costs no points
        try:
            answers = (
                bridge(probe.__name__, target, given, lent)
                if bridge
                else serve_here(probe.__name__, target, given, lent)
            )
        except TooManyCalls as endless:
            raise Unanswered(str(endless)) from None
    if answers == UNWRITTEN:
        name = getattr(target, "name" if bridge else "__name__", "")
        raise Unwritten(f"Not written yet: `{name}`.")
    try:
        return [read_answer(answer) for answer in answers]
    except (TypeError, ValueError) as error:
        raise Unanswered(f"the reply could not be read: {error}") from None


def serve_here(probe: str, target: Any, arguments: Any, lent: Lent) -> list[list[Any]]:
    """Run a probe in this notebook, as long as a grader would let it. Unanswered if it has to be interrupted."""
    try:
        with patience(SECONDS) as over:
            return serve(probe, target, arguments, lent.call)
    except KeyboardInterrupt as stopped:
        what = f"it took longer than {SECONDS:g} seconds" if over.is_set() else "it was interrupted"
        place = place_of(stopped)
        raise Unanswered(what + f", in {place}" * bool(place)) from None


def read_answer(data: Any) -> Answer:
    """An answer as `serve` gives it. TypeError or ValueError for anything else."""
    value, error, message, place = data
    raised = type(error) is str and error.isidentifier() and value is None
    if not (raised or error is None) or type(message) is not str or type(place) is not str:
        raise ValueError("an answer of another form")
    return Answer(restore(value), error, message[:300], place[:300])


@probe
def probe_calls(function: Any, arguments: list[Any]) -> list[Answer]:
    return [attempt(function, *each) for each in arguments]


@probe
def probe_value(value: Any) -> list[Answer]:
    return [attempt(lambda: value)]
