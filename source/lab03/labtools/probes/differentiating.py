"""Formulas of the student, used in many states at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from labtools.asking import Answer, ask, attempt, probe
from labtools.byhand import without_autograd
from labtools.expecting import CheckFailed, expect, expect_close
from labtools.functions import standing_in


def derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    """Call ``function(s)`` for each state; `s` holds its entries as 0-d float64 tensors."""
    answers = ask(probe_derivatives, function, states)
    expect(len(answers) == len(states), "Your function gave no complete answer.")
    return answers


@probe
def probe_derivatives(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    return [attempt(function, _state(values)) for values in states]


def derivatives_without_autograd(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    """The same, while PyTorch differentiates nothing."""
    return ask(probe_derivatives_without_autograd, function, states)


@probe
def probe_derivatives_without_autograd(function: Any, states: list[dict[str, float]]) -> list[Answer]:
    with without_autograd():
        return probe_derivatives(function, states)


def _state(values: dict[str, float]) -> SimpleNamespace:
    return SimpleNamespace(**{name: torch.tensor(value, dtype=torch.float64) for name, value in values.items()})


def follows_through(
    function: Any, states: list[dict[str, float]], wanted: list[float], earlier: dict[str, Any]
) -> bool:
    """Whether a function gives the wanted values once the earlier functions that it calls are right.

    `earlier` maps the names of those functions to right formulas. While `function` runs, each of these names
    stands for a function that is lent and returns the right value: a mistake in an earlier cell does not count twice.
    """

    def value_of(formula: Any) -> Any:
        return lambda number: float(formula(SimpleNamespace(**states[number])))

    answers = ask(
        probe_follow_through, function, states, {name: value_of(formula) for name, formula in earlier.items()}
    )
    try:
        expect_close(answers, wanted, "The values are others.")
    except CheckFailed:
        return False
    return True


@probe
def probe_follow_through(function: Any, states: list[dict[str, float]], earlier: dict[str, Any]) -> list[Answer]:
    answers = []
    for number, state in enumerate(states):
        right = {
            name: lambda *_, value=value, number=number, **__: torch.tensor(value(number), dtype=torch.float64)
            for name, value in earlier.items()
        }
        with standing_in(function, right):
            answers.append(attempt(function, _state(state)))
    return answers
