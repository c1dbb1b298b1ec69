"""The network of exercise 2: the quantities of a state, and random states that belong to a forward pass."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import NamedTuple

import torch


class State(NamedTuple):
    """The network together with one input and one target, and all quantities computed from left to right.

    Its names are those of `forward_state` in the notebook.
    """

    x1: float
    x2: float
    y: float
    b1: float
    b2: float
    w11: float
    w12: float
    w21: float
    w22: float
    c: float
    u1: float
    u2: float
    z1_in: float
    z1_out: float
    z2_in: float
    z2_out: float
    f_in: float
    f_out: float
    L: float


#: A derivative, right or wrong: its value in a state.
Formula = Callable[[State], float]


def forward(
    x1: float,
    x2: float,
    y: float,
    b1: float,
    b2: float,
    w11: float,
    w12: float,
    w21: float,
    w22: float,
    c: float,
    u1: float,
    u2: float,
) -> State:
    """Send one input through the network."""
    z1_in = b1 + w11 * x1 + w21 * x2
    z1_out = _at(torch.tanh, z1_in)
    z2_in = b2 + w12 * x1 + w22 * x2
    z2_out = _at(torch.tanh, z2_in)
    f_in = c + u1 * z1_out + u2 * z2_out
    f_out = sigmoid(f_in)
    loss = -y * _at(torch.log, f_out) - (1 - y) * _at(torch.log, 1 - f_out)
    return State(x1, x2, y, b1, b2, w11, w12, w21, w22, c, u1, u2, z1_in, z1_out, z2_in, z2_out, f_in, f_out, loss)


def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ)."""
    return _at(torch.sigmoid, x)


def _at(function: Callable[[torch.Tensor], torch.Tensor], x: float) -> float:
    """A function of PyTorch at a number, in double precision.

    So the states are those of the notebook to the last bit, which `math.tanh` would not give.
    """
    return function(torch.tensor(x, dtype=torch.float64)).item()


def random_state(random: Random, **fixed: float) -> State:
    """A random state: parameters and inputs of size 0.3 to 1.1 with either sign, y between 0.1 and 0.9.

    None of them is near 0, where mistakes hide. `fixed` sets some of them; the random numbers that are drawn are
    always as many.
    """
    names = ["x1", "x2", "b1", "b2", "w11", "w12", "w21", "w22", "c", "u1", "u2"]
    drawn = {name: random.choice([-1, 1]) * random.uniform(0.3, 1.1) for name in names}
    drawn["y"] = random.uniform(0.1, 0.9)
    return forward(**{**drawn, **fixed})
