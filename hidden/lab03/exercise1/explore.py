"""Judges `my_start`, `my_alpha` and `my_max_steps`: gradient descent with them comes near the minimum."""

from __future__ import annotations

from collections.abc import Callable

from hidden.lab03.exercise1.function import distance, gradient

from labtools import Checks, expect

#: With a learning rate of 1/3 a step along the steepest direction (the Hessian has the eigenvalue 3) ends at the
#: minimum, with 1/2 it goes half as far beyond it, and with 2/3 it comes no nearer.
TO_AND_FRO = 0.5


def judge(checks: Checks, choice: Callable[[], tuple[float, float, float, int]]) -> None:
    """Add the hidden check of `test-explore`.

    `choice` is the cell's own: it gives x1, x2, the learning rate and the number of steps, or fails the check where
    they make no sense.
    """

    @checks.check("gradient descent ends within 1e-3 of the minimum", weight=1.5)
    def _() -> None:
        x1, x2, rate, steps = choice()
        way = [distance((x1, x2))]
        for _ in range(steps):
            d1, d2 = gradient(x1, x2)
            x1, x2 = x1 - rate * d1, x2 - rate * d2
            way.append(distance((x1, x2)))
        far = way[-1]
        expect(far <= way[0], "With this learning rate the steps grow without limit: choose a smaller one.")
        expect(
            far <= 1e-3 or rate < TO_AND_FRO,
            "With this learning rate the steps jump to and fro and come hardly nearer: choose a smaller one.",
        )
        expect(far <= 1e-3, "It moves towards the minimum, but does not get within 1e-3: more steps, or larger ones.")
