"""Judges `my_alpha` and `my_steps` by a hundred trainings."""

from __future__ import annotations

import torch
from torch import Tensor

from hidden.lab03.exercise3.network import TARGET, X

from labtools import CheckFailed, Checks, Names, expect, numbers, read

TRAININGS = 100
WANTED = 60
LIMIT = 0.2  # a training that ends with a smaller loss succeeds


def _choice(student: Names) -> tuple[float, int]:
    """The student's two values, if they make sense."""
    (rate,) = numbers(read(student.my_alpha), 1)
    (count,) = numbers(read(student.my_steps), 1)
    expect(0 < rate <= 100, "`my_alpha` has to be a positive number, at most 100.")
    expect(count in range(1, 2001), "`my_steps` has to be a whole number from 1 to 2000.")
    return rate, int(count)


def final_losses(starts: Tensor, alpha: float, steps: int) -> Tensor:
    """The losses at the end of trainings from `starts`, of shape (R, 9), on the data of the notebook: shape (R,).

    All networks are trained at the same time, with matrices, as one after the other would take too long.
    """
    inputs = torch.cat([torch.ones(5, 1, dtype=torch.float64), X], dim=1)
    wanted = TARGET[:, None]
    ones = torch.ones(len(starts), 5, 1, dtype=torch.float64)
    inner, outer = starts[:, :6].reshape(-1, 3, 2), starts[:, 6:, None]
    for _ in range(steps):
        z = torch.tanh(inputs @ inner)
        hidden = torch.cat([ones, z], dim=2)
        delta = (torch.sigmoid(hidden @ outer) - wanted) * (alpha / 5)
        back = delta * outer[:, 1:].mT * (1 - z * z)
        outer = outer - hidden.mT @ delta
        inner = inner - inputs.T @ back
    f_in = torch.cat([ones, torch.tanh(inputs @ inner)], dim=2) @ outer
    return (torch.nn.functional.softplus(f_in) - wanted * f_in).mean(dim=(1, 2))


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-hyperparameters`, 1.5 points."""

    @checks.check(f"at least {WANTED} of {TRAININGS} trainings end with a loss below {LIMIT}", weight=1.5)
    def _() -> None:
        alpha, steps = _choice(student)
        generator = torch.Generator().manual_seed(5)  # the same starts for everybody
        starts = torch.randn(TRAININGS, 9, dtype=torch.float64, generator=generator)
        reached = int((final_losses(starts, alpha, steps) < LIMIT).sum())
        if reached >= WANTED:
            return
        found = f"Only {reached} of {TRAININGS} trainings end below {LIMIT}. "
        if alpha > 6:
            raise CheckFailed(found + "The steps jump over the valleys: a smaller learning rate.")
        raise CheckFailed(found + "They do not get far enough: more steps, or a somewhat larger learning rate.")
