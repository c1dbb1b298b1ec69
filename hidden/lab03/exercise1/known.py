"""Gradients of f that are wrong by a factor, or by a known mistake: what a visible check at one point can tell.

One point tells little, so what is told follows from other points as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise1.function import Gradient, Pair, gradient

from labtools import agree

Pairs = Sequence[Sequence[float]]


def factor_of(got: Pairs, points: Pairs) -> float:
    """The factor that all derivatives at these points have in common, 1 if there is none."""
    right = [entry for a, b in points for entry in gradient(a, b)]
    return common_factor([entry for pair in got for entry in pair], right, most=len(right))


def known_at(point: Pair, got: Pairs, points: Pairs, mistakes: Mapping[str, Gradient]) -> dict[str, list[Pair]]:
    """What is told of the wrong gradients `got` at `points`, and what this mistake gives at `point`."""
    formulas = dict(mistakes)
    if (k := factor_of(got, points)) not in (1.0, -1.0):
        text = f"Both derivatives are {k:.4g} times as large as they should be."
        formulas[text] = lambda a, b: (k * gradient(a, b)[0], k * gradient(a, b)[1])
    return {
        text: [wrong(*point)]
        for text, wrong in formulas.items()
        if all(agree(pair, wrong(a, b)) for pair, (a, b) in zip(got, points))
    }
