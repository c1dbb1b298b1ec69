"""Judges `gradient`: the two derivatives of f, at points where no mistake hides.

Both are judged up to a factor that they have in common: one slip, which costs the check that students can see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hidden.lab03.exercise1.function import (
    Gradient,
    Pair,
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

from labtools import (
    Checks,
    Names,
    agree,
    call_many,
    call_without_autograd,
    expect,
    expect_close,
    note_signs,
    numbers,
    random_numbers,
)

MISTAKES: dict[str, Gradient] = {
    "The two partial derivatives are in the wrong order.": swapped,
    "Every sign is turned round: this is the direction of descent, not the gradient.": negated,
    "The product x1·x2 is missing: it depends on both variables.": no_product,
    "The derivative by x1 lacks the part that comes from the product x1·x2.": gradient_with(product1=0),
    "The derivative by x2 lacks the part that comes from the product x1·x2.": gradient_with(product2=0),
    "The product x1·x2 has a minus sign in f: look at its sign in both derivatives.": product_added,
    "The product x1·x2 has the wrong sign in the derivative by x1.": gradient_with(product1=1),
    "The product x1·x2 has the wrong sign in the derivative by x2.": gradient_with(product2=1),
    "The derivative of a square has a factor 2, in both squares.": no_factor_2,
    "The derivative of (x1 - 6)² has a factor 2.": gradient_with(square1=1),
    "The derivative of x2² has a factor 2.": gradient_with(square2=1),
    "The 6 is lost: the first square is (x1 - 6)², not x1².": gradient_with(six=0),
    "Expand 2·(x1 - 6) once more: the 6 is doubled as well.": gradient_with(six=3),
    "The product x1·x2 gives the other variable when you differentiate, not the same one.": product_by_the_same,
    "The product x1·x2 does not give 1: the other variable stays.": lambda a, b: (2 * (a - 6) - 1, 2 * b - 1),
    "The 6 belongs to x1 alone: the second square is that of x2.": lambda a, b: (2 * (a - 6) - b, 2 * (b - 6) - a),
}

#: What is told of these speaks of both derivatives: one of them alone does not show it.
IN_BOTH = (negated, no_product, product_added, no_factor_2)


def _points() -> list[Pair]:
    random = random_numbers("gradient-formula")
    return [(3.0, -2.0), *((random.uniform(-5, 9), random.uniform(-9, 5)) for _ in range(5))]


def known_at_origin(student: Names) -> Callable[[], dict[str, list[Pair]]]:
    """For the check that students can see: what is told of a gradient that is wrong at (0, 0)."""

    def known() -> dict[str, list[Pair]]:
        points = _points()
        got = [numbers(answer, 2) for answer in call_many(student.gradient, points)]
        return known_at((0, 0), got, points, MISTAKES)

    return known


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-gradient-formula`, one for each derivative."""
    points = _points()

    def expect_right(place: int, message: str) -> None:
        """Fail unless this entry of the pair is right.

        Which mistake it is, the pair tells best, else the entry alone.
        """
        got = [numbers(answer, 2) for answer in call_many(student.gradient, points)]
        k = factor_of(got, points)
        right = [k * gradient(*point)[place] for point in points]
        known: dict[str, list[Pair]] = {text: [wrong(*point) for point in points] for text, wrong in MISTAKES.items()}

        def entry(pairs: Sequence[Sequence[float]]) -> list[float]:
            return [pair[place] for pair in pairs]

        if not agree(entry(got), right):
            named = {text: pairs for text, pairs in known.items() if not agree(entry(pairs), right)}
            for text, pairs in named.items():
                expect(not all(agree(a, b) for a, b in zip(got, pairs)), text)
            alone = [text for text in named if MISTAKES[text] not in IN_BOTH]
            expect_close(entry(got), right, message, {text: entry(named[text]) for text in alone})

    @checks.check("the derivative by x1 is right everywhere", weight=1)
    def _() -> None:
        expect_right(0, "The derivative by x1 is wrong at some points. Hold x2 fixed and differentiate each term.")

    @checks.check("the derivative by x2 is right everywhere", weight=1)
    def _() -> None:
        expect_right(1, "The derivative by x2 is wrong at some points. Hold x1 fixed and differentiate each term.")
        note_signs(
            checks,
            lambda nudged: call_without_autograd(student.gradient, nudged),
            points,
            lambda point, r: (point[0] * (1 + r), point[1] * (1 + r)),
        )
