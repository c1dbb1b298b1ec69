"""Judges `MyFunction`: the value of f, its gradient, and the factor that comes from later operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hidden.lab03.exercise1.function import (
    Gradient,
    Pair,
    f,
    gradient,
    gradient_with,
    negated,
    no_factor_2,
    no_product,
    product_added,
    product_by_the_same,
    swapped,
)
from hidden.lab03.exercise1.known import factor_of, known_at

from labtools import Checks, expect, expect_close, random_numbers

#: How the test cell asks the student's class: for points, factors g (None: no gradient) and a count of numbers
#: it gives f(x), d(g·f)/dx, and x and g as they are afterwards, as one list of that length for each point.
Applied = Callable[[list[list[float]], Sequence[float | None], int], list[list[float]]]

WRONG_VALUES: dict[str, Callable[[float, float], float]] = {
    "The product x1·x2 is missing in the value.": lambda a, b: (a - 6) ** 2 + b**2,
    "The product x1·x2 has a minus sign in f.": lambda a, b: (a - 6) ** 2 + b**2 + a * b,
    "The 6 is missing in the value.": lambda a, b: a**2 + b**2 - a * b,
    "The square of x2 is missing in the value.": lambda a, b: (a - 6) ** 2 - a * b,
    "The square of x2 is only x2 in the value.": lambda a, b: (a - 6) ** 2 + b - a * b,
    "All signs of the value are turned round.": lambda a, b: -f(a, b),
    "x1 and x2 are swapped in the value.": lambda a, b: f(b, a),
}
WRONG_GRADIENTS: dict[str, Gradient] = {
    "This is minus the gradient: `backward` returns the gradient itself.": negated,
    "The two partial derivatives are in the wrong order.": swapped,
    "The product x1·x2 is missing in the gradient.": no_product,
    "The product x1·x2 has the wrong sign in the gradient.": product_added,
    "The derivative by x1 lacks the part that comes from x1·x2.": gradient_with(product1=0),
    "The derivative by x2 lacks the part that comes from x1·x2.": gradient_with(product2=0),
    "The derivative of a square has a factor 2, in both squares.": no_factor_2,
    "The derivative of (x1 - 6)² has a factor 2.": gradient_with(square1=1),
    "The derivative of x2² has a factor 2.": gradient_with(square2=1),
    "The 6 is lost: the first square is (x1 - 6)², not x1².": gradient_with(six=0),
    "In x1·x2 each variable gives the other one when you differentiate.": product_by_the_same,
    "`backward` multiplies by the value of f: the factor is grad_output alone.": lambda a, b: (
        f(a, b) * gradient(a, b)[0],
        f(a, b) * gradient(a, b)[1],
    ),
    "grad_output is added to the gradient: the chain rule asks for a product.": lambda a, b: (
        1 + gradient(a, b)[0],
        1 + gradient(a, b)[1],
    ),
    "`backward` returns only grad_output: the gradient of f is missing.": lambda a, b: (1, 1),
    "`backward` returns x: the gradient of f is missing.": lambda a, b: (a, b),
}


def wrong_products(factors: list[float], slopes: list[list[float]]) -> dict[str, Sequence[Any]]:
    """What the student is told, and what this mistake makes of the gradients without a factor."""
    both = list(zip(factors, slopes))
    return {
        "`backward` ignores grad_output: the chain rule asks for a product with it.": slopes,
        "grad_output is added to the gradient: the chain rule asks for a product.": [
            [a + g - 1 for a in pair] for g, pair in both
        ],
        "The gradient is divided by grad_output: the chain rule asks for a product.": [
            [a / g for a in pair] for g, pair in both
        ],
        "grad_output is in it twice.": [[g * g * a for a in pair] for g, pair in both],
        "Only the derivative by x1 is multiplied by grad_output.": [[g * a, b] for g, (a, b) in both],
        "Only the derivative by x2 is multiplied by grad_output.": [[a, g * b] for g, (a, b) in both],
        "The sign of grad_output is lost.": [[abs(g) * a for a in pair] for g, pair in both],
    }


def _inputs() -> list[list[float]]:
    random = random_numbers("my-function")
    return [[3.0, -2.0], *([random.uniform(-5, 9), random.uniform(-9, 5)] for _ in range(4))]


def _slopes(applied: Applied, inputs: list[list[float]], factors: list[float]) -> list[list[float]]:
    return [row[1:3] for row in applied(inputs, factors, 6)]


def known_at_origin(applied: Applied) -> Callable[[], dict[str, list[Pair]]]:
    """For the check that students can see: what is told of a gradient that is wrong at (0, 0)."""

    def known() -> dict[str, list[Pair]]:
        inputs = _inputs()
        return known_at((0, 0), _slopes(applied, inputs, [1.0] * 5), inputs, WRONG_GRADIENTS)

    return known


def judge(checks: Checks, applied: Applied) -> None:
    """Add the hidden checks of `test-my-function`. `applied` is the cell's own: it explains PyTorch's errors.

    The gradient is judged up to a factor of both derivatives: one slip, which costs the check that students can see.
    """
    inputs = _inputs()

    def at_inputs(formulas: dict[str, Any]) -> dict[str, Sequence[Any]]:
        return {text: [wrong(*x) for x in inputs] for text, wrong in formulas.items()}

    @checks.check("forward gives the value of f", weight=0.5)
    def _() -> None:
        expect_close(
            applied(inputs, [None] * 5, 1),
            [f(*x) for x in inputs],
            "The value that `forward` returns is not that of f.",
            at_inputs(WRONG_VALUES),
        )

    @checks.check("backward gives the gradient of f", weight=1)
    def _() -> None:
        slopes = _slopes(applied, inputs, [1.0] * 5)
        k = factor_of(slopes, inputs)
        expect_close(
            slopes,
            [[k * entry for entry in gradient(*x)] for x in inputs],
            "With grad_output = 1, `backward` should return the gradient of f.",
            {
                **at_inputs(WRONG_GRADIENTS),
                "`backward` uses the x of a later call: keep x in `ctx`, not elsewhere.": [gradient(*inputs[-1])] * 5,
            },
        )

    @checks.check("backward uses grad_output", weight=1)
    def _() -> None:
        factors = [2.0, -0.5, 3.0, 0.25, -1.5]
        unscaled = _slopes(applied, inputs, [1.0] * 5)
        expect(any(abs(a) > 1e-6 for pair in unscaled for a in pair), "`backward` returns zeros.")
        expect_close(
            _slopes(applied, inputs, factors),
            [[g * a for a in pair] for g, pair in zip(factors, unscaled)],
            "When the result of f is multiplied by g, the gradient should be g times as large.",
            wrong_products(factors, unscaled),
        )
