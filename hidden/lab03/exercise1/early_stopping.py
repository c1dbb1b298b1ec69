"""Judges when `GradientDescentOptimizer` stops: near the minimum, whatever rule it follows, and not before."""

from __future__ import annotations

from typing import Any

from hidden.lab03.exercise1.function import distance

from labtools import Checks, Names, expect, numbers, random_numbers
from labtools.probes import Descent, expect_walked, optimize


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-early-stopping`: functions and starts where a wrong rule gives itself away."""
    random = random_numbers("early-stopping")

    def expect_stop(run: Descent, where: str) -> None:
        """Fail unless the run stops near the minimum. A rule with tolerance t on f stops within about √(t/alpha)."""
        (answer,) = optimize(student.GradientDescentOptimizer, [run])
        expect(
            not (answer.error == "RuntimeError" and "evaluations" in answer.message),
            f"It does not stop {where}, although it has arrived long before.",
        )
        expect(bool(run.visited), "It does not use the function that it was given: call `self.func`.")
        allowed = 5 * (1e-4 / run.alpha) ** 0.5
        end = numbers(answer, 2)
        far = distance(end, run.center)
        expect(far < 1e3, f"It walks away from the minimum without limit {where}.")
        expect(far < allowed, f"It stops too early {where}: the minimum is elsewhere.")
        expect_walked(run, end, allowed)

    @checks.check("another function, with its minimum above zero", weight=1)
    def _() -> None:
        A = ((random.uniform(2.2, 3), 0.3), (0.3, random.uniform(2.2, 3)))
        center = (random.uniform(-3, 3), random.uniform(-3, 3))
        start = (center[0] + 4, center[1] - 5)
        run = Descent(start, 0.15, 100_000, A=A, center=center, offset=random.uniform(2, 6))
        expect_stop(run, "on another function, whose smallest value is above zero")

    @checks.check("a start where f is zero, and a start where one coordinate is already right", weight=1)
    def _() -> None:
        for start in ((3.0, 7.0), (-2.0, 1.0)):
            run = Descent(start, 0.1, 100_000, A=((1, 0), (0, 1)), center=(3, 1), stands_for="MyFunction")
            expect_stop(run, "from a start where one coordinate is already right (watch both)")
        run = Descent((6.0, 0.0), 0.1, 100_000, stands_for="MyFunction")
        expect_stop(run, "from a start where f is 0 (a value of 0 means nothing)")

    @checks.check("it stops at the minimum itself, and after `max_steps` when it diverges", weight=0.5)
    def _() -> None:
        center = (random.uniform(-3, 3), random.uniform(-3, 3))
        slopes: dict[str, Any] = {
            "A": ((2, 0.5), (0.5, 2.5)),
            "center": center,
            "offset": random.uniform(2, 6),
            "stands_for": "MyFunction",
        }
        expect_stop(Descent(center, 0.1, 100_000, **slopes), "from the minimum")
        start = (center[0] - 2, center[1] + 2.5)
        wild = Descent(start, 1.2, 60, **slopes)
        (answer,) = optimize(student.GradientDescentOptimizer, [wild])
        expect(answer.error is None, "With a learning rate that is too large it does not end after `max_steps` steps.")
        expect(answer.value != [None], "With a learning rate that is too large it returns nothing.")
        expect(numbers(answer, 2) != list(start), "With a learning rate that is too large it does not move.")
        expect(len(set(wild.visited)) > 1, "With a learning rate that is too large it makes no steps.")

    @checks.check("a value that rises once is not taken for arrival", weight=0.5)
    def _() -> None:
        # x1 starts on a steep wall: the first step jumps to the other side, where f is larger, then f falls.
        run = Descent(
            (1.23, 0.0), 0.1, 100_000, A=((4, 0), (0, 4)), center=(0, 0), offset=1, wall=56, stands_for="MyFunction"
        )
        expect_stop(run, "where f rises in the first step and falls from then on (a rise is no arrival)")
