"""Judges `train_with_restarts`.

The checks look at the trainings themselves, while another function stands for `train` (noted_restarts.py). Only if
`train` is not called they look at many results, and at how these are spread (spread_of_restarts.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from hidden.lab03.exercise3 import noted_restarts as noted
from hidden.lab03.exercise3.earlier import OTHERS, OWN, RIGHT
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.noted_restarts import NOT_CALLED, Call, NotedRestarts, Restarts, train_badly
from hidden.lab03.exercise3.spread_of_restarts import SpreadOfRestarts

from labtools import Checks, Names, expect, first_to_pass, random_numbers

LOST = "If no loss is smaller than a certain number nothing is kept: begin with None or infinity, not with a number."


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-restarts`, 3.5 points."""
    random = random_numbers("restarts")
    x, target = draw(random, 5, 2, low=-2, high=2), draw(random, 5, low=0)
    alpha = random.uniform(0.6, 0.9)
    seeds = random.sample(range(1, 10_000), 45)
    calls = [Call(x, target, count, alpha, 3, seed) for count, seed in zip((7, 8, 9) * 3, seeds)]
    with_own, with_others = (NotedRestarts(student, calls, earlier) for earlier in (OWN, OTHERS))
    spread = SpreadOfRestarts(student, calls[0], seeds)

    def expect_either(judge_noted: Callable[[list[Restarts]], None], judge_spread: Callable[[], None]) -> None:
        """Fail unless the trainings that were noted are right, or, if `train` is not called, the results."""
        first_to_pass(
            lambda: judge_noted(with_own.all()),
            lambda: judge_noted(with_others.all()),
            judge_spread,
            vague=NOT_CALLED,
        )

    @checks.check("best_loss is the loss of best_params", weight=1)
    def _() -> None:
        expect_either(noted.expect_loss_of_params, spread.expect_loss_of_params)

    @checks.check("of many restarts the best is kept", weight=0.75)
    def _() -> None:
        expect_either(noted.expect_best_kept, spread.expect_best_kept)

    @checks.check("it is kept even if all losses are large", weight=0.5)
    def _() -> None:
        ones = torch.ones(5, dtype=torch.float64)
        bad = [call._replace(target=ones, seed=seed) for call, seed in zip(calls, seeds[-len(calls) :])]
        badly = NotedRestarts(student, bad, RIGHT, train_badly)

        def compare(runs: Sequence[Restarts]) -> None:
            for run in runs:
                found = any(run.returns(row) for row in run.ends)
                expect(found or run.loss >= float(run.losses.min()), LOST)
            noted.expect_best_kept(runs)

        first_to_pass(lambda: compare(badly.all()), spread.expect_best_kept, vague=NOT_CALLED)

    @checks.check("each restart is trained, with the given data, learning rate and number of steps", weight=0.85)
    def _() -> None:
        expect_either(noted.expect_handed_on, spread.expect_trained)

    @checks.check("the starts differ, and are neither tiny nor huge", weight=0.5)
    def _() -> None:
        expect_either(noted.expect_good_starts, spread.expect_good_starts)
