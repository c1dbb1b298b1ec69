"""Judges `points`, `values` and `gradients`: three steps of gradient descent by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hidden.lab03.exercise1.function import (
    Gradient,
    Pair,
    f,
    gradient,
    no_factor_2,
    no_product,
    product_added,
    swapped,
)

from labtools import CheckFailed, Checks, Names, agree, expect_close, numbers, read

BY_HAND: list[Pair] = [(6, 6), (9, 3), (8, 4), (8, 4)]


def walk(formula: Gradient = gradient, rates: Sequence[float] = (1 / 2, 1 / 3, 1 / 4), sign: float = -1) -> list[Pair]:
    """The four points of a walk from (6, 6): each step is `sign`·rate·gradient."""
    points = [BY_HAND[0]]
    for rate in rates:
        x1, x2 = points[-1]
        d1, d2 = formula(x1, x2)
        points.append((x1 + sign * rate * d1, x2 + sign * rate * d2))
    return points


#: What the student is told, and the points that this mistake gives.
WRONG_POINTS: dict[str, Any] = {
    "You walked uphill: the step goes against the gradient.": walk(sign=1),
    "Every step has its own size: 1/2, then 1/3, then 1/4.": walk(rates=(1 / 2, 1 / 2, 1 / 2)),
    "The step sizes are in the wrong order: 1/2 comes first.": walk(rates=(1 / 4, 1 / 3, 1 / 2)),
    "The steps are not multiplied by the step size.": walk(rates=(1, 1, 1)),
    "Take the gradient anew at each point, not always at the start.": walk(lambda a, b: (-6, 6)),
    "All steps lead away from the start: each begins where the one before it ended.": [
        (6, 6),
        (9, 3),
        (8, 4),
        (7.5, 4.5),
    ],
    "These are pairs of one coordinate: a pair is one point, x1 and x2.": [(6, 9, 8, 8), (6, 3, 4, 4)],
    "x1 and x2 are swapped in the points.": [point[::-1] for point in BY_HAND],
    "The product x1·x2 is missing in the gradient.": walk(no_product),
    "The product x1·x2 has the wrong sign in the gradient.": walk(product_added),
    "The derivative of a square has a factor 2.": walk(no_factor_2),
}
WRONG_VALUES: dict[str, list[float]] = {
    "These are the values at the last three points: the first three are asked for.": [-9, -12, -12],
    "The product x1·x2 is missing in the values.": [(a - 6) ** 2 + b**2 for a, b in BY_HAND[:3]],
    "The product x1·x2 has a minus sign in f.": [(a - 6) ** 2 + b**2 + a * b for a, b in BY_HAND[:3]],
    "The values have the wrong sign.": [0, 9, 12],
}


def wrong_gradients(points: list[Pair]) -> dict[str, list[Pair]]:
    """What the student is told, and the gradients that this mistake gives at these points, the student's own."""
    right = [gradient(*point) for point in points]
    return {
        "These are the directions of descent; the gradient has the opposite signs.": [(-a, -b) for a, b in right],
        "The two entries of each gradient are in the wrong order.": [swapped(*point) for point in points],
        "These are the gradients at the last three points: the first three are asked for.": [
            gradient(*point) for point in BY_HAND[1:]
        ],
        "These are the steps: the gradient is not multiplied by the step size.": [(-3, 3), (1, -1), (0, 0)],
        "These are the steps: neither the sign nor the step size belongs to the gradient.": [(3, -3), (-1, 1), (0, 0)],
        "The product x1·x2 is missing in the gradient.": [no_product(*point) for point in points],
    }


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-three-iterations`: the points, and what belongs to them."""

    def own_points() -> list[Pair]:
        """The student's first three points, or the right ones if there are not four."""
        try:
            flat = numbers(read(student.points), 8)
        except CheckFailed:
            return BY_HAND[:3]
        return list(zip(flat[::2], flat[1::2]))[:3]

    def expect_right_or_own(
        got: list[float], formula: Callable[[float, float], Any], message: str, mistakes: dict[str, Any]
    ) -> None:
        """It must belong to the right points, or to the student's own, if these begin with a real step."""
        points = own_points()
        right = [formula(*point) for point in BY_HAND[:3]]
        own = [formula(*point) for point in points]
        stepped = agree(points[0], BY_HAND[0]) and not agree(points[0], points[1])  # a wrong gradient may be 0 later
        if not (stepped and agree(got, numbers(own))):
            expect_close([got], [right], message, {text: [wrong] for text, wrong in mistakes.items()})

    @checks.check("the points are right", weight=1)
    def _() -> None:
        expect_close(
            [numbers(read(student.points), 8)],
            [BY_HAND],
            "At least one point is wrong. Each starts from the point before it, with its own step size."
            " If you computed them with your function `gradient`, that has to be right.",
            {text: [wrong] for text, wrong in WRONG_POINTS.items()},
        )

    @checks.check("the values of f are right", weight=0.7)
    def _() -> None:
        expect_right_or_own(
            numbers(read(student.values), 3),
            f,
            "At least one value is not that of f at the point of the same number.",
            WRONG_VALUES,
        )

    @checks.check("the gradients are right", weight=1)
    def _() -> None:
        expect_right_or_own(
            numbers(read(student.gradients), 6),
            gradient,
            "At least one gradient is not that of f at the point of the same number.",
            wrong_gradients(own_points()),
        )
