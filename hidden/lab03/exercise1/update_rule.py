"""Judges the steps of `GradientDescentOptimizer`: how far it goes, with which function, and from whose point."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise1.function import Pair

from labtools import CheckFailed, Checks, Names, agree, expect, expect_close, numbers, random_numbers
from labtools.probes import Descent, expect_walked, optimize

RATE = 0.25


def descend(
    run: Descent,
    steps: int | None = None,
    sign: float = -1,
    rates: Callable[[int], float] | None = None,
    keep: float = 0.0,
    length: bool = False,
) -> Pair:
    """Where a descent without an early stop ends, in plain Python.

    `rates` gives the step size of each step, if it is not alpha; `keep` is how much of the last step's direction
    is added to the next; `length` says whether the gradient is divided by its length.
    """
    x1, x2 = run.start
    v1 = v2 = 0.0
    for k in range(run.max_steps if steps is None else steps):
        g1, g2 = run.gradient(x1, x2)
        if length:
            norm = (g1 * g1 + g2 * g2) ** 0.5 or 1.0
            g1, g2 = g1 / norm, g2 / norm
        v1, v2 = keep * v1 + g1, keep * v2 + g2
        rate = rates(k) if rates else run.alpha
        x1, x2 = x1 + sign * rate * v1, x2 + sign * rate * v2
    return x1, x2


def known_ends(run: Descent) -> dict[str, Pair]:
    """What the student is told, and where this mistake ends. Mistakes that end where they should are left out."""
    steps, alpha, start = run.max_steps, run.alpha, run.start
    end = descend(run)
    ends = {
        "It walks uphill: subtract the gradient.": descend(run, sign=1),
        "It stays where it started. If it stopped early, look at your rule: f is 0 at (6, 6).": start,
        "It takes one step too few.": descend(run, steps - 1),
        "It takes one step too many.": descend(run, steps + 1),
        "It takes only one step: look at your rule for stopping, and at what is inside the loop.": descend(run, 1),
        "The learning rate is not used.": descend(run, rates=lambda k: 1.0),
        "It uses a learning rate of its own: take `self.alpha`.": descend(run, rates=lambda k: 0.1),
        "The learning rate changes from step to step: it should be constant.": descend(
            run, rates=lambda k: alpha / (k + 1)
        ),
        "It divides by the learning rate.": descend(run, rates=lambda k: 1 / alpha),
        "The gradient is divided by its length: take it as it is.": descend(run, length=True),
        "It does not use the function it was given: call `self.func`.": descend(Descent(start, alpha, steps)),
        "The gradients of earlier steps are added up: clear `x.grad` before each step.": descend(run, keep=1.0),
        "Part of the last step is added to the next (momentum): plain gradient descent is asked for.": descend(
            run, keep=0.9
        ),
        "It does not end after `max_steps` steps: it goes on to the minimum.": run.center,
        "Only x1 moves: update both coordinates.": (end[0], start[1]),
        "Only x2 moves: update both coordinates.": (start[0], end[1]),
    }
    return {message: wrong for message, wrong in ends.items() if not agree(wrong, end)}


def step_length(student: Names, run: Descent) -> float:
    """How many times as long as it should be the first step of a run is, 1 if that is no number."""
    run = Descent(run.start, run.alpha, 1, A=run.A, center=run.center, offset=run.offset)
    end = numbers(optimize(student.GradientDescentOptimizer, [run])[0], 2)
    step = [-run.alpha * slope for slope in run.gradient(*run.start)]
    return max(common_factor([a - b for a, b in zip(end, run.start)], step, most=2), 0.0) or 1.0


def known_ends_of(student: Names) -> Callable[[Descent], dict[str, Pair]]:
    """For the check that students can see: as `known_ends`, but a factor of the steps is told from the first ones."""

    def known(run: Descent) -> dict[str, Pair]:
        with contextlib.suppress(CheckFailed):
            k = step_length(student, run)
            if k != 1 and agree([k], [step_length(student, Descent(run.start, 0.7 * run.alpha, 1))]):
                told = f"Every step is {k:.4g} times as large as it should be."
                return {told: descend(run, rates=lambda _: k * run.alpha)}
        return known_ends(run)

    return known


def draw(random: Random) -> tuple[Pair, dict[str, Any]]:
    """A start, and a function in the words of `Descent`.

    It is so far away in both coordinates that the slopes keep their signs, + and −, over the steps that are asked for:
    a rule for stopping that overlooks a sign stops nowhere, and costs the cell where stopping is judged.
    """
    strange: dict[str, Any] = {
        "A": ((random.uniform(1, 2), 0.5), (0.5, random.uniform(1, 2))),
        "center": (random.uniform(-30, -20), random.uniform(20, 30)),
        "offset": random.uniform(1, 5),
    }
    return (random.uniform(2, 5), random.uniform(-5, -2)), strange


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-update-rule`, on a function that is not f."""
    start, strange = draw(random_numbers("update-rule"))

    @checks.check("one step and three steps are exact", weight=1)
    def _() -> None:
        short, one, three = [
            Descent(start, rate, steps, **strange) for rate, steps in ((0.15, 1), (RATE, 1), (RATE, 3))
        ]
        k = step_length(student, short)  # too long by a constant factor: that costs the check that students can see
        first = known_ends(one)  # some mistakes show only after the first step
        ends = [descend(run, rates=lambda _: RATE * k) for run in (one, three)]
        known: dict[str, Sequence[Any]] = {
            message: [first.get(message, ends[0]), end] for message, end in known_ends(three).items()
        }
        expect_close(
            optimize(student.GradientDescentOptimizer, [one, three]),
            ends,
            "After 1 and after 3 steps your optimizer is not where gradient descent is.",
            known,
        )

    @checks.check("a second call from the same start gives the same end", weight=1)
    def _() -> None:
        other = (start[0] + 0.5, start[1] - 0.5)  # an end that was remembered for the other start costs one check
        twice = Descent(other, 0.2, 3, calls=2, look=True, stands_for="MyFunction", **strange)
        (answer,) = optimize(student.GradientDescentOptimizer, [twice])
        found = numbers(answer, 6)
        one, two, after = found[:2], found[2:4], found[4:]
        expect(max(abs(a - b) for a, b in zip(one, other)) > 1e-3, "The optimizer does not move.")
        expect(
            len(set(twice.visited)) > 1, "It makes no steps with the function that it was given: use `self.func.apply`."
        )
        expect_walked(twice, one, math.inf)
        expect_close([after], [other], "It moves the caller's starting point: work on a copy.")
        expect_close([two], [one], "The second call ends elsewhere: something is left over from the first.")
