"""Functions of the student in use, while functions of the check stand for others that they call.

Such stand-ins are lent (see callbacks.py): they are computed, and their calls noted, on the side of the check. So a
mistake in an earlier cell does not count twice, and what is known of the calls is not the student's word.
"""

from __future__ import annotations

import contextlib
import inspect
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from labtools.asking import Answer, ask, attempt, probe
from labtools.expecting import expect

Functions = Mapping[str, Callable[..., Any]]  # by the name that the student's code looks up


@contextlib.contextmanager
def standing_in(function: Any, stand_ins: Functions) -> Iterator[None]:
    """While this lasts, names that a function of the student looks up stand for other functions."""
    names = getattr(getattr(function, "__wrapped__", function), "__globals__", {})
    own = {name: names[name] for name in stand_ins if name in names}
    names.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            names.pop(name, None)
        names.update(own)


def call_with(function: Any, arguments: Sequence[Sequence[Any]], stand_ins: Sequence[Functions]) -> list[Answer]:
    """Like `call_many`, while other functions stand for some that the student has written, for each call its own."""
    answers = ask(probe_calls_with, function, list(arguments), list(stand_ins), False)
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    return answers


def call_and_look(function: Any, arguments: Sequence[Sequence[Any]], stand_ins: Sequence[Functions]) -> list[Answer]:
    """Like `call_with`, and look at what happens.

    Each answer holds [result, arguments after the call, calls, printed], where `calls` has [name, arguments] for every
    call of a stand-in, its arguments in the order of its signature, and `printed` is the beginning of what was printed.
    """
    noted: list[list[Any]] = [[] for _ in arguments]
    lent = [
        {name: noting(calls, name, use) for name, use in functions.items()}
        for calls, functions in zip(noted, stand_ins)
    ]
    answers = ask(probe_calls_with, function, list(arguments), lent, True)
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    for answer in answers:
        expect(answer.error is not None or _is_look(answer.value), "Your code gave no complete answer.")
    return [
        answer if answer.error else answer._replace(value=[*answer.value[:2], calls, answer.value[2]])
        for answer, calls in zip(answers, noted)
    ]


def _is_look(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[1], list) and isinstance(value[2], str)


def noting(calls: list[Any], name: str, use: Callable[..., Any]) -> Callable[..., Any]:
    """The function `use`, which then notes each of its calls. Calls that do not fit its signature are TypeErrors."""
    signature = inspect.signature(use)

    def noted(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        calls.append([name, [*bound.args, *bound.kwargs.values()]])
        return use(*given, **named)

    return noted


@probe
def probe_calls_with(function: Any, arguments: list[Any], stand_ins: list[Any], look: bool) -> list[Answer]:
    def call(*given: Any) -> Any:
        if not look:
            return function(*given)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            result = function(*given)
        return [result, list(given), printed.getvalue()[:100]]

    answers = []
    for each, functions in zip(arguments, stand_ins):
        with standing_in(function, functions):
            answers.append(attempt(call, *each))
    return answers


def apply_function(
    function_class: Any, points: list[Any], upstream: list[Any], earlier: Mapping[str, Sequence[Any]] | None = None
) -> list[Answer]:
    """Use an autograd function at several points.

    `points` are lists of floats, `upstream` the factors g by which each result is multiplied before
    the gradient is taken. Each answer holds [f(x), d(g·f)/dx as a list, x and g as they are afterwards], and only
    [f(x)] where g is None.
    `earlier` maps names of the student's earlier functions to their right results, a tuple of numbers for each point:
    `backward` gets these instead, so a mistake in an earlier cell does not count twice.
    """
    lent = {name: list(results).__getitem__ for name, results in (earlier or {}).items()}
    answers = ask(probe_apply, function_class, points, upstream, lent)
    expect(len(answers) == len(points), "Your function gave no complete answer.")
    return answers


@probe
def probe_apply(function_class: Any, points: list[Any], upstream: list[Any], earlier: dict[str, Any]) -> list[Answer]:
    import torch  # where the student's code is; a lab without this question needs none

    def right(index: int) -> Functions:
        return {
            name: lambda *_, results=results: tuple(torch.tensor(results(index), dtype=torch.float64))
            for name, results in earlier.items()
        }

    applied: dict[int, tuple[torch.Tensor, Any]] = {}

    def forward(index: int) -> None:
        x = torch.tensor(points[index], dtype=torch.float64, requires_grad=True)
        applied[index] = x, function_class.apply(x)

    def backward(index: int) -> Any:
        x, value = applied[index]
        if upstream[index] is None:
            return [value]
        seen: list[torch.Tensor] = []  # what `backward` is given: it can be changed in place
        if isinstance(value, torch.Tensor) and value.requires_grad:
            value.register_hook(seen.append)
        (gradient,) = torch.autograd.grad(upstream[index] * value, x)
        return [value, gradient, x, *(seen or [upstream[index]])]

    def at(index: int, step: Callable[[int], Any]) -> Answer:
        with standing_in(getattr(function_class, "backward", None), right(index)):
            return attempt(step, index)

    values = [at(index, forward) for index in range(len(points))]  # before all gradients: each keeps its own x
    return [value if value.error else at(index, backward) for index, value in enumerate(values)]
