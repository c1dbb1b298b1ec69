"""Formulas of the student, used in many states at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch

from labtools.asking import Answer, ask, attempt, probe
from labtools.checks import CheckFailed, expect, expect_close
from labtools.functions import standing_in


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
