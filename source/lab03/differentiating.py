"""Formulas and autograd functions of the student, used at many points at once."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import torch

from asking import Answer, ask, attempt, probe
from checks import CheckFailed, expect, expect_close
from stand_ins import standing_in


def apply_function(
    function_class: Any, points: list[Any], upstream: list[Any], earlier: dict[str, Any] | None = None
) -> list[Answer]:
    """Use an autograd function at several points.

    `points` are lists of floats, `upstream` the factors g by which each result is multiplied before
    the gradient is taken. Each answer holds [f(x), d(g·f)/dx as a list], and only [f(x)] where g is None.
    `earlier` maps names of the student's earlier functions to their right results, a tuple for each point:
    `backward` gets these instead, so a mistake in an earlier cell does not count twice.
    """
    answers = ask(probe_apply, function_class, points, upstream, earlier or {})
    expect(len(answers) == len(points), "Your function gave no complete answer.")
    return answers


@probe
def probe_apply(function_class: Any, points: list[Any], upstream: list[Any], earlier: dict[str, Any]) -> list[Answer]:
    def right(index: int) -> dict[str, Any]:
        return {
            name: lambda *_, result=results[index]: tuple(torch.tensor(result, dtype=torch.float64))
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
        (gradient,) = torch.autograd.grad(upstream[index] * value, x)
        return [value, gradient]

    def at(index: int, step: Callable[[int], Any]) -> Answer:
        with standing_in(getattr(function_class, "backward", None), right(index)):
            return attempt(step, index)

    values = [at(index, forward) for index in range(len(points))]  # before all gradients: each keeps its own x
    return [value if value.error else at(index, backward) for index, value in enumerate(values)]


def derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    """Call ``function(s)`` for each state; `s` holds its entries as 0-d float64 tensors."""
    answers = ask(probe_derivatives, function, states)
    expect(len(answers) == len(states), "Your function gave no complete answer.")
    return answers


@probe
def probe_derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    def state(values: dict[str, float]) -> SimpleNamespace:
        return SimpleNamespace(**{k: torch.tensor(v, dtype=torch.float64) for k, v in values.items()})

    return [attempt(function, state(values)) for values in states]


def follows_through(
    function: Any, states: list[dict[str, float]], wanted: list[float], earlier: dict[str, Any]
) -> bool:
    """Whether a function gives the wanted values once the earlier functions that it calls are right.

    `earlier` maps the names of those functions to right formulas. While `function` runs, each of these names
    stands for a function that returns the right value: a mistake in an earlier cell does not count twice.
    """
    values = {name: [formula(SimpleNamespace(**state)) for state in states] for name, formula in earlier.items()}
    answers = ask(probe_follow_through, function, states, values)
    try:
        expect_close(answers, wanted, "The values are others.")
    except CheckFailed:
        return False
    return True


@probe
def probe_follow_through(function: Any, states: list[dict[str, float]], earlier: dict[str, Any]) -> list[Answer]:
    answers = []
    for index, state in enumerate(states):
        right = {
            name: lambda *_, value=values[index], **__: torch.tensor(value, dtype=torch.float64)
            for name, values in earlier.items()
        }
        with standing_in(function, right):
            answers += probe_derivatives(function, [state])
    return answers
