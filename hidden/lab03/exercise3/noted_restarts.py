"""`train_with_restarts` while another function stands for `train` and notes its calls: so all trainings are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from hidden.lab03.exercise3.comparing import same
from hidden.lab03.exercise3.earlier import Earlier

from labtools import Answer, CheckFailed, Names, agree, expect, expect_close, numbers
from labtools.functions import call_and_look
from labtools.probes import STAND_INS

NOT_CALLED = "`train` is not called."
OTHER_LOSS = "The loss that is returned is not that of the parameters that are returned."


class Call(NamedTuple):
    """The arguments of `train_with_restarts`."""

    x: Tensor
    target: Tensor
    restarts: int
    alpha: float
    steps: int
    seed: int


Train = Callable[..., Tensor]


def train_badly(x: Tensor, target: Tensor, params: Tensor, alpha: float, steps: int) -> Tensor:
    """Stands for `train`: where all targets are 1 its results have a loss above 1, each its own.

    The output gets at most -3 from c, and at most 2 from the hidden neurons.
    """
    ends = torch.stack([torch.as_tensor(entry, dtype=torch.float64) for entry in params])
    ends[6], ends[7:] = -3 - ends[6].abs().tanh() - 0.1 * ends[:2].sum().cos(), ends[7:].tanh() / 2
    return ends


class Restarts:
    """What happened in one call: the trainings, their starts, ends and losses, and what was returned."""

    def __init__(self, call: Call, answer: Answer, earlier: Earlier, train: Train) -> None:
        self.call = call
        self.earlier = earlier
        result = numbers(answer if answer.value is None else answer.value[0], 10)
        self.params, self.loss = torch.tensor(result[:9], dtype=torch.float64), result[9]
        self.trainings = [given for name, given in answer.value[2] if name == "train"]
        expect(bool(self.trainings), NOT_CALLED)
        expect(all(len(given) == 5 for given in self.trainings), "`train` has to get its five arguments.")
        starts = [numbers(given[2], 9) for given in self.trainings]
        self.starts = torch.tensor(starts, dtype=torch.float64)  # a row for each training
        ends = [train(*given[:2], start, *given[3:]) for given, start in zip(self.trainings, starts)]
        self.ends = torch.stack(ends).double()
        self.losses = self.losses_of(self.ends)

    def losses_of(self, rows: Tensor) -> Tensor:
        """The losses of rows of parameters."""
        return self.earlier.losses(self.call.x, self.call.target, rows)

    @cached_property
    def losses_before(self) -> Tensor:
        """The losses of the starts."""
        return self.losses_of(self.starts)

    def returns(self, row: Tensor) -> bool:
        """Whether these are the parameters that were returned."""
        return same(self.params, row)


class NotedRestarts:
    """Some calls, made when they are needed. What the earlier functions `predict` and `get_loss` are is given.

    `train` stands for the student's.
    """

    def __init__(self, student: Names, calls: list[Call], earlier: Earlier, train: Train = STAND_INS["train"]) -> None:
        self.train = train
        self.student = student
        self.calls = calls
        self.earlier = earlier
        self.noted: list[Restarts] = []

    def all(self) -> list[Restarts]:
        """What happened in three calls, or in more where three do not tell enough."""
        if not self.noted:
            stand_ins = {"train": self.train} | self.earlier.functions("predict", "get_loss")
            noted: list[Restarts] = []
            while len(noted) < len(self.calls) and not _tells(noted):
                batch = self.calls[len(noted) : len(noted) + 3]
                answers = call_and_look(self.student.train_with_restarts, batch, [stand_ins] * len(batch))
                noted += [Restarts(call, answer, self.earlier, self.train) for call, answer in zip(batch, answers)]
            self.noted = noted
        return self.noted


def _tells(runs: Sequence[Restarts]) -> bool:
    """Whether the best and the worst are neither always the first nor always the last, nor the best the best start."""
    if all(int(run.losses.argmin()) == int(run.losses_before.argmin()) for run in runs):
        return False
    for find in (torch.argmin, torch.argmax):
        places = [(int(find(run.losses)), len(run.losses) - 1) for run in runs]
        if all(place == 0 for place, _ in places) or all(place == last for place, last in places):
            return False
    return True


def expect_loss_of_params(runs: Sequence[Restarts]) -> None:
    """Fail unless the loss returned is that of the parameters returned."""
    expect(
        not all(same(run.params[0], run.losses.min()) for run in runs),
        "The pair is in the other order: best_params first, then best_loss.",
    )
    mistakes: dict[str, Callable[[Restarts], Tensor]] = {
        "It is the one before the training.": lambda run: run.losses_before[
            (run.ends - run.params).abs().sum(1).argmin()
        ],
        "It is that of the last restart.": lambda run: run.losses[-1],
        "It is the smallest: are the best parameters changed later on, or never replaced?": lambda run: (
            run.losses.min()
        ),
        "It is the sum of all losses.": lambda run: run.losses.sum(),
        "It is the mean of all losses.": lambda run: run.losses.mean(),
    }
    expect_close(
        [run.loss for run in runs],
        [float(run.losses_of(run.params[None])) for run in runs],
        OTHER_LOSS,
        lambda: {f"{OTHER_LOSS} {message}": [loss(run) for run in runs] for message, loss in mistakes.items()},
    )


def expect_best_kept(runs: Sequence[Restarts]) -> None:
    """Fail unless the parameters returned are those with the smallest loss."""
    expect(
        all(len(run.starts.unique(dim=0)) > 1 for run in runs),
        "Every restart begins at the same start: draw a new one each time, and set the seed once, before the loop.",
    )
    if all(run.returns(run.ends[run.losses.argmin()]) for run in runs):
        return
    mistakes: dict[str, Callable[[Restarts], Tensor]] = {
        "The last one is kept, whatever its loss (or the best one is changed by a later one).": lambda run: run.ends[
            -1
        ],
        "The first one is kept, whatever the later ones reach.": lambda run: run.ends[0],
        "The worst one is kept: turn the comparison round.": lambda run: run.ends[run.losses.argmax()],
        "The best one is kept, but as it was before the training.": lambda run: run.starts[run.losses.argmin()],
        "The one with the best start is kept: compare the losses after the training.": lambda run: run.ends[
            run.losses_before.argmin()
        ],
        "The mean of all results is returned, not the best one.": lambda run: run.ends.mean(0),
        "The parameters returned are a start, not the result of a training.": lambda run: next(
            (row for row in run.starts if run.returns(row)), run.ends[0]
        ),
    }
    for message, row in mistakes.items():
        expect(not all(run.returns(row(run)) for run in runs), message)
    raise CheckFailed("The parameters that are returned are not those with the smallest loss.")


def expect_handed_on(runs: Sequence[Restarts]) -> None:
    """Fail unless there are as many trainings as asked for, with the given data, learning rate and steps."""
    for run in runs:
        call = run.call
        for x, target, _, alpha, steps in run.trainings:
            expect(
                same(x, call.x) and same(target, call.target),
                "`train` does not get x and target as they were handed over.",
            )
            used = [*numbers(alpha, 1), *numbers(steps, 1)]
            expect(used != [call.steps, call.alpha], "alpha and steps are swapped when `train` is called.")
            expect(agree(used[:1], [call.alpha]), "The learning rate is not handed on to `train`.")
            expect(used[1] == call.steps, "The number of steps is not handed on to `train`.")
        trained = len(run.starts.unique(dim=0))
        expect(
            trained >= call.restarts or trained == 1,
            f"With restarts = {call.restarts} there are only {trained} trainings.",
        )
        expect(any(run.returns(row) for row in run.ends), "The parameters returned are not the result of a training.")


def expect_good_starts(runs: Sequence[Restarts]) -> None:
    """Fail unless each restart has a new start of a good size."""
    for run in runs:
        again = any(same(start, end) for number, start in enumerate(run.starts) for end in run.ends[:number])
        expect(not again, "A restart goes on from the result of an earlier one: draw a new start.")
        expect_good_size(run.starts)


def expect_good_size(starts: Tensor) -> None:
    """Fail unless the starts, a row each, differ and have about the size of normally distributed numbers."""
    expect(len(starts.unique(dim=0)) > len(starts) / 2, "Many starts are the same: draw each one at random.")
    expect(bool((starts.std(dim=1) > 1e-6).all()), "A start has nine equal numbers: draw each of the nine at random.")
    size = float(starts.square().mean().sqrt())
    expect(size > 0.2, "The starts are tiny: draw them with torch.randn, for example.")
    expect(size < 4, "The starts are huge: draw them with torch.randn, for example.")
    expect(bool((starts < 0).any()), "All numbers of the starts are positive: weights need both signs.")
