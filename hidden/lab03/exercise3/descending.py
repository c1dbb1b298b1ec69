"""Gradient descent on the loss: every point of the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


class Run(NamedTuple):
    """What a training is called with, less the number of steps."""

    x: Tensor
    target: Tensor
    start: Tensor  # nine parameters
    alpha: float


def descend(
    gradient: Callable[[Tensor, Tensor, Tensor], Tensor],
    run: Run,
    steps: int,
    remember: bool = False,
    decay: bool = False,
) -> list[Tensor]:
    """The parameters before the first step, and after each of the steps.

    Two mistakes can be switched on: `remember` adds up the gradients of all steps, and with `decay` the learning
    rate of step k is alpha / k.
    """
    way: list[Tensor] = [run.start]
    slope: Tensor | float = 0.0
    for step in range(1, steps + 1):
        slope = gradient(run.x, run.target, way[-1]) + (slope if remember else 0.0)
        way.append(way[-1] - (run.alpha / step if decay else run.alpha) * slope)
    return way
