"""The gradient of the mean loss by back-propagation: each of the nine derivatives is a product of a few factors."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from hidden.lab03.exercise3.network import forward


@dataclass(frozen=True)
class Factors:
    """What the derivatives of the loss of each point are made of. Entries have shape (N,) or (1,)."""

    delta: Tensor  # by f_in
    u1: Tensor
    u2: Tensor
    slope1: Tensor  # of tanh at the two hidden neurons
    slope2: Tensor
    x1: Tensor
    x2: Tensor
    z1: Tensor
    z2: Tensor

    def products(self) -> Tensor:
        """The derivatives by b1, b2, w11, w12, w21, w22, c, u1, u2 for each point: shape (9, N)."""
        delta1, delta2 = self.delta * self.u1 * self.slope1, self.delta * self.u2 * self.slope2
        by_biases = [delta1, delta2]
        by_weights = [delta1 * self.x1, delta2 * self.x1, delta1 * self.x2, delta2 * self.x2]
        return torch.stack([*by_biases, *by_weights, self.delta, self.delta * self.z1, self.delta * self.z2])


def factors(x: Tensor, target: Tensor, params: Tensor) -> Factors:
    """The factors at `params`, of shape (9,), for N points `x` of shape (N, 2).

    The formulas are those of exercise 2: the slope of the sigmoid cancels out in the derivative by f_in, which is
    p - y, and the slope of tanh is 1 - z².
    """
    _, _, z1, z2, f_in = forward(x, params)
    x1, x2 = x.unbind(1)
    return Factors(torch.sigmoid(f_in) - target, params[7:8], params[8:9], 1 - z1**2, 1 - z2**2, x1, x2, z1, z2)


def gradient(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
    """The nine derivatives of the mean loss, of shape (9,)."""
    return factors(x, target, params).products().mean(1)
