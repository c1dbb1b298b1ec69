"""Judges `train`: gradient descent with the given number of steps, which leaves its arguments alone.

Steps that are too long or too short by a constant factor are one slip: it costs the check that students can see.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from torch import Tensor

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise3.comparing import expect_unchanged, result_and_arguments
from hidden.lab03.exercise3.descending import Run, descend
from hidden.lab03.exercise3.earlier import OTHERS, OWN, Earlier, with_own_or_others
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import PARAMS, TARGET, X

from labtools import Checks, Names, expect, expect_close, numbers, random_numbers
from labtools.probes import call_and_look

COUNTS = (1, 2, 4)  # of steps
EARLY = "Fewer steps are taken than `steps` says: exactly that many are asked for, without an early stop."

ELSEWHERE = " the steps lead elsewhere."
LONG = 1.5  # a gradient, beyond which many cut it


def _steep(random: Random) -> Run:
    """A place where the gradient is long, that of the network as well as the one that may stand for it."""
    while True:
        run = Run(draw(random, 2, 2, low=-4, high=4), draw(random, 2, low=0).round(), draw(random, 9), alpha=0.5)
        if all(earlier.gradient(*run[:3]).norm() > LONG for earlier in (OWN, OTHERS)):
            return run


def _ends(earlier: Earlier, run: Run, remember: bool = False, decay: bool = False) -> list[Tensor]:
    """The parameters after each of the COUNTS of steps."""
    way = descend(earlier.gradient, run, max(COUNTS), remember, decay)
    return [way[steps] for steps in COUNTS]


def _known(earlier: Earlier, run: Run) -> dict[str, Sequence[Any]]:
    """What known mistakes give after each of the COUNTS of steps."""
    way = descend(earlier.gradient, run, max(COUNTS) + 1)
    first = way[1] - run.start

    def ends(run: Run) -> list[Tensor]:
        return _ends(earlier, run)

    return {
        "It walks uphill: the step goes against the gradient.": ends(run._replace(alpha=-run.alpha)),
        "The learning rate is not used.": ends(run._replace(alpha=1.0)),
        "The step is divided by the learning rate: multiply with it.": ends(run._replace(alpha=1 / run.alpha)),
        "The step is divided by the number of points once more: the gradient is a mean already.": ends(
            run._replace(alpha=run.alpha / len(run.target))
        ),
        "The parameters do not move: the ones returned are those of the start.": [run.start for _ in COUNTS],
        "It takes one step too few.": [way[steps - 1] for steps in COUNTS],
        "It takes one step too many.": [way[steps + 1] for steps in COUNTS],
        "It takes one single step, whatever `steps` is.": [way[1] for _ in COUNTS],
        "The gradient is computed once, at the start: it has to be computed anew in every step.": [
            run.start + steps * first for steps in COUNTS
        ],
        "The learning rate becomes smaller from step to step: it has to be constant.": _ends(earlier, run, decay=True),
        "The gradients of earlier steps are added to that of the current one.": _ends(earlier, run, remember=True),
        "It uses the data of the notebook, not the arguments x and target.": ends(run._replace(x=X, target=TARGET)),
        "It starts from the `params` of the notebook, not from the argument.": ends(run._replace(start=PARAMS)),
        "The result is the last change, not the parameters.": [way[steps] - way[steps - 1] for steps in COUNTS],
        "The result is the last gradient, not the parameters.": [
            earlier.gradient(run.x, run.target, way[steps - 1]) for steps in COUNTS
        ],
    }


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-train`, 2.5 points."""
    random = random_numbers("train")
    x, target, start = draw(random, 6, 2), draw(random, 6, low=0), draw(random, 9)
    target[0], target[-1] = 0.95, 0.05  # in no order that sorting would leave
    run = Run(x, target, start, alpha=random.uniform(0.6, 0.9))
    steep = _steep(random)

    def length(earlier: Earlier) -> float:
        """How many times as long as they should be steps are with another learning rate, 1 if that is no number."""
        short = run._replace(alpha=0.3)
        (answer,) = earlier.call(student.train, [(*short, 1)], "get_gradients")
        moved = [a - b for a, b in zip(numbers(answer, 9), start.tolist())]
        step = descend(earlier.gradient, short, 1)[1] - start
        return max(common_factor(moved, step.tolist(), most=9), 0.0) or 1.0

    @checks.check("after 1, 2 and 4 steps the parameters are those of gradient descent", weight=1.7)
    def _() -> None:
        vague = "After 1, 2 and 4 steps the parameters are not those of gradient descent."

        def compare(earlier: Earlier) -> None:
            answers = earlier.call(student.train, [(*run, steps) for steps in COUNTS], "get_gradients")
            scaled = run._replace(alpha=run.alpha * length(earlier))
            expect_close(answers, _ends(earlier, scaled), vague, lambda: _known(earlier, run))

        with_own_or_others(compare, vague)

    @checks.check("all steps are taken as they are, even if the loss grows or hardly changes", weight=0.25)
    def _() -> None:
        def descend_steeply(earlier: Earlier) -> None:
            """Where the gradient is long it may not be cut."""
            answers = earlier.call(student.train, [(*steep, 1)], "get_gradients")
            scaled = steep._replace(alpha=steep.alpha * length(earlier))
            expect_close(answers, [descend(earlier.gradient, scaled, 1)[-1]], "Where the gradient is large" + ELSEWHERE)

        wild = run._replace(alpha=30.0)
        stops = "Fewer steps are taken than `steps` says, with a learning rate with which the loss grows"

        def compare(earlier: Earlier) -> None:
            answers = earlier.call(student.train, [(*wild, 4)], "get_gradients")
            *before, end = descend(earlier.gradient, wild._replace(alpha=wild.alpha * length(earlier)), 4)
            expect_close(
                answers,
                [end],
                "With a large learning rate" + ELSEWHERE,
                {f"{stops} ({count} of 4)": [place] for count, place in enumerate(before)},
            )

        def keep_on(earlier: Earlier) -> None:
            """Where the loss hardly changes, no step may be left out either."""
            start = 1e-3 * run.start
            near = earlier.predict(x, start) + 1e-3
            flat = run._replace(target=near, start=start)
            answers = earlier.call(student.train, [(*flat, 40)], "get_gradients")
            way = descend(earlier.gradient, flat._replace(alpha=flat.alpha * length(earlier)), 40)
            expect_close(
                answers,
                [way[-1]],
                "Where the loss hardly changes" + ELSEWHERE,
                {f"{EARLY} ({count} of 40 here)": [place] for count, place in enumerate(way[:-1])},
            )

        with_own_or_others(compare)
        with_own_or_others(keep_on)
        with_own_or_others(descend_steeply)

    @checks.check("the tensor `params` of the caller stays as it is", weight=0.3)
    def _() -> None:
        def look(earlier: Earlier) -> None:
            (answer,) = call_and_look(student.train, [(*run, 2)], earlier.stand_ins("get_gradients"))
            result, after = result_and_arguments(answer)
            moved = any(abs(a - b) > 1e-6 for a, b in zip(numbers(result, 9), start.tolist()))
            expect(moved, "The parameters do not move.")
            expect_unchanged({"x": x, "target": target, "params": start}, after, "work on a copy (`clone`)")

        with_own_or_others(look)
