"""Exercise 3: a student's training at work, each call on copies of the data."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

import labtools

LIMIT = 0.2  # a training that ends below has succeeded
MOST_STEPS = 6000  # of all trials together


class Training:
    """Trainings of a student's network on the data, with the notebook's `train` and `loss_of`."""

    def __init__(self, train: Any, loss_of: Any, x: Tensor, target: Tensor) -> None:
        labtools.written(train=train)
        self._train, self._loss_of, self._data = train, loss_of, (x, target)

    def loss(self, params: Any) -> float:
        """The loss of some parameters."""
        return float(labtools.call(self._loss_of, params))

    def curve(self, start: Any, alpha: float, steps: int, every: int) -> tuple[list[int], list[float]]:
        """Train from `start`. Returns the steps at which the loss was noted, and these losses."""
        current, at, losses = start, [0], [self.loss(start)]
        while at[-1] < steps:
            trained = labtools.call(self._train, *self._data, current, alpha, every)
            current = torch.tensor(labtools.numbers(trained, len(start)), dtype=torch.float64)
            at.append(at[-1] + every)
            losses.append(self.loss(current))
        return at, losses


def try_out(training: Training, alpha: float, steps: int, seeds: range) -> None:
    """Train from random starts, and say how each training ends."""
    if steps * len(seeds) > MOST_STEPS:
        print(f"{len(seeds)} trials of {steps} steps take long: choose fewer.")
        return
    ends = []
    for seed in seeds:
        start = torch.randn(9, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
        ends.append(training.curve(start, alpha, steps, every=steps)[1][-1])
    print("The trainings end with the losses " + ", ".join(f"{end:.3f}" for end in ends) + ".")
    print(f"{sum(end < LIMIT for end in ends)} of {len(ends)} are below 0.2 ({steps} steps, learning rate {alpha:g}).")


def try_check(get_gradients: Any, check_gradients: Any, x: Tensor, target: Tensor, params: Tensor) -> None:
    """Show a student's check at work: on the student's own gradient, and on the same with one number 1 % larger."""
    labtools.written(get_gradients=get_gradients, check_gradients=check_gradients)
    mine = labtools.numbers(labtools.call(get_gradients, x, target, *params), 9)
    spoiled = [*mine[:6], 1.01 * mine[6], *mine[7:]]
    for name, gradient in (("your gradient", mine), ("one number 1 % larger", spoiled)):
        (answer,) = labtools.call_many(check_gradients, [(torch.tensor(gradient).double(), x, target, params)])
        print(f"{name}: " + (f"{answer.error}: {answer.message}" if answer.error else "correct, says your check"))
