"""`train_with_restarts` where it does not call `train`: many results, judged by how they are spread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor

from hidden.lab03.exercise3.backprop import gradient
from hidden.lab03.exercise3.comparing import same
from hidden.lab03.exercise3.descending import Run, descend
from hidden.lab03.exercise3.network import TARGET, X, losses
from hidden.lab03.exercise3.noted_restarts import NOT_CALLED, OTHER_LOSS, Call, expect_good_size

from labtools import Names, call_many, expect, expect_close, first_to_pass, numbers
from labtools.probes import call_and_look

SINGLE = 40  # calls with one restart


class SpreadOfRestarts:
    """The results of many calls with other seeds and numbers, made when they are needed.

    First SINGLE calls with one restart, then 5 with SINGLE restarts, all of 0 steps; then 3 with a few steps and two
    restarts; the last three have one restart, the same seed, and 1, 6 and 6 steps.
    """

    def __init__(self, student: Names, call: Call, seeds: Sequence[int]) -> None:
        """`call` has the data and the learning rate; there are SINGLE + 5 seeds."""
        self.student = student
        self.call = call
        self.seeds = seeds

    def results(self) -> tuple[Tensor, Tensor]:
        """The parameters, a row for each call, and the losses that were returned."""
        for answer in call_and_look(self.student.train_with_restarts, [self.call], {"train": None}):
            called = answer.value is not None and any(name == "train" for name, _ in answer.value[2])
            expect(not called, NOT_CALLED)
        return self._results

    @cached_property
    def _results(self) -> tuple[Tensor, Tensor]:
        calls = [
            self.call._replace(restarts=1 if i < SINGLE else SINGLE, steps=0, seed=seed)
            for i, seed in enumerate(self.seeds)
        ]
        calls += [self.call._replace(restarts=2, steps=3, seed=seed) for seed in self.seeds[:3]]
        calls += [self.call._replace(restarts=1, steps=steps, seed=self.seeds[0]) for steps in (1, 6, 6)]
        answers = call_many(self.student.train_with_restarts, calls)
        table = torch.tensor([numbers(answer, 10) for answer in answers], dtype=torch.float64)
        return table[:, :9], table[:, 9]

    def _losses(self, rows: Tensor) -> Tensor:
        return losses(self.call.x, self.call.target, rows)

    def expect_loss_of_params(self) -> None:
        """Fail unless the losses returned are those of the parameters returned."""
        rows, returned = self.results()
        expect(same(returned, self._losses(rows)), OTHER_LOSS)

    def expect_best_kept(self) -> None:
        """Fail unless the best of SINGLE restarts is about as good as the best of SINGLE calls."""
        rows, returned = self.results()
        for found in (returned, self._losses(rows)):
            single, best = found[:SINGLE].sort().values, found[SINGLE : len(self.seeds)]
            expect(bool(single[-1] - single[0] > 1e-3), "Every seed gives the same start: draw it at random.")
            expect(bool(best.max() - best.min() > 0), "The result is the same for every seed.")
            expect(
                bool((best <= single[20]).any()), "The result of forty restarts is a bad one: is the worst one kept?"
            )
            expect(
                bool((best <= single[8]).all()),
                "Forty restarts are no better than one: is the last one kept, or is the start always the same?",
            )

    def expect_trained(self) -> None:
        """Fail unless more steps go on by gradient descent."""
        begun, ended, again = self.results()[0][-3:]
        expect(not same(begun, ended), "The number of steps changes nothing: is every start trained?")
        expect(same(ended, again), "This cannot be seen while the same seed gives different starts.")
        run = Run(self.call.x, self.call.target, begun, self.call.alpha)

        def five_steps_more(run: Run) -> list[Tensor]:
            return [descend(gradient, run, 5)[-1]]

        expect_close(
            [ended],
            five_steps_more(run),
            "Five more steps do not lead from the result after one step to the result after six.",
            lambda: {
                "The learning rate is not used in the training.": five_steps_more(run._replace(alpha=1.0)),
                "The data of the notebook are used, not the arguments x and target.": five_steps_more(
                    run._replace(x=X, target=TARGET)
                ),
            },
        )

    def expect_good_starts(self) -> None:
        """Fail unless the starts, which are the results after 0 steps, are good.

        They are starts only if their loss is returned, or if more steps go on from them.
        """
        first_to_pass(self.expect_loss_of_params, self.expect_trained, vague=OTHER_LOSS)
        expect_good_size(self.results()[0][:SINGLE])
