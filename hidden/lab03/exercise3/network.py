"""The network of exercise 3 with its right formulas, and what the notebook gives to the students.

Its nine parameters are one tensor, in the order b1, b2, w11, w12, w21, w22, c, u1, u2. The formulas are those of
parts 2 and 3 of the notebook. They take `params` of shape (..., 9), a network for each row, and N points `x` of
shape (N, 2); all tensors are float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

#: The data and the parameters of the notebook: some mistakes use them in the place of the arguments.
X = torch.tensor([[0, 0], [1, 0], [0, -1], [-1, 0], [0, 1]], dtype=torch.float64)
TARGET = torch.tensor([1, 0, 0, 0, 0], dtype=torch.float64)
PARAMS = torch.tensor([0.3, -0.2, 0.8, -0.5, 0.4, 0.9, 0.1, 1.2, -0.7], dtype=torch.float64)


class Forward(NamedTuple):
    """What the neurons get and give, each of shape (..., N)."""

    z1_in: Tensor
    z2_in: Tensor
    z1: Tensor
    z2: Tensor
    f_in: Tensor


def forward(x: Tensor, params: Tensor, hidden: Callable[[Tensor], Tensor] = torch.tanh) -> Forward:
    """The way forward, up to the input of the output neuron. `hidden` is what the hidden neurons compute."""
    b1, b2, w11, w12, w21, w22, c, u1, u2 = params[..., None].unbind(-2)
    x1, x2 = x.unbind(1)
    z1_in, z2_in = b1 + w11 * x1 + w21 * x2, b2 + w12 * x1 + w22 * x2
    z1, z2 = hidden(z1_in), hidden(z2_in)
    return Forward(z1_in, z2_in, z1, z2, c + u1 * z1 + u2 * z2)


def predict(x: Tensor, params: Tensor) -> Tensor:
    """The probabilities of target 1, of shape (..., N)."""
    return torch.sigmoid(forward(x, params).f_in)


def cross_entropy(target: Tensor, pred: Tensor) -> Tensor:
    """The binary cross-entropy of each prediction."""
    return -target * pred.log() - (1 - target) * (1 - pred).log()


def losses(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
    """The mean loss of each network, of shape (...). A guard keeps it finite where a network is very sure."""
    return cross_entropy(target, predict(x, params).clamp(1e-15, 1 - 1e-15)).mean(-1)
