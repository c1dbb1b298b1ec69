"""What known mistakes in back-propagation make of the nine derivatives.

A mistake changes one link of the chain: what the factors are computed from, the factors themselves, the order of
their products, or how the points are put together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from hidden.lab03.exercise3.backprop import Factors, factors, gradient
from hidden.lab03.exercise3.network import TARGET, Forward, X, forward, predict

Formula = Callable[[Tensor, Tensor, Tensor], Tensor]  # (x, target, params): nine numbers

ONE = torch.ones(1, dtype=torch.float64)
W_SWAPPED = (0, 1, 2, 4, 3, 5, 6, 7, 8)


def _reduced(reduction: Callable[[Tensor], Tensor]) -> Formula:
    """The products of all points, of shape (9, N), put together in another way."""
    return lambda x, target, params: reduction(factors(x, target, params).products())


def _reordered(*order: int) -> Formula:
    """The right derivatives in another order."""
    return lambda x, target, params: gradient(x, target, params)[list(order)]


def _changed(change: Callable[[Factors, Forward], Factors]) -> Formula:
    """The means with other factors."""

    def formula(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
        return change(factors(x, target, params), forward(x, params)).products().mean(1)

    return formula


def _with_delta(delta: Callable[[Tensor, Tensor], Tensor]) -> Formula:
    """The means with another derivative by f_in, made of the predictions and the targets."""

    def formula(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
        other = delta(predict(x, params), target)
        return replace(factors(x, target, params), delta=other).products().mean(1)

    return formula


def _with_slope(slope: Callable[[Tensor, Tensor], Tensor]) -> Formula:
    """The means with another slope of a hidden neuron, made of its input and its output."""
    return _changed(lambda f, net: replace(f, slope1=slope(net.z1_in, net.z1), slope2=slope(net.z2_in, net.z2)))


#: The formula of each mistake by its message.
MISTAKES: dict[str, Formula] = {
    "These are sums over the points, not means.": _reduced(lambda products: products.sum(1)),
    "The mean is taken twice: you divide by N once too often.": _reduced(
        lambda products: products.mean(1) / products.shape[1]
    ),
    "You divide by 5. Divide by the number of points in x, which may be another one.": _reduced(
        lambda products: products.sum(1) / 5
    ),
    "The data of the notebook are used, not the arguments x and target.": lambda x, target, params: gradient(
        X, TARGET, params
    ),
    "w12 and w21 are swapped on the way forward: w12 leads from input 1 to hidden neuron 2.": (
        lambda x, target, params: gradient(x, target, params[list(W_SWAPPED)])
    ),
    "Only the last point counts: add up what all points contribute.": _reduced(lambda products: products[:, -1]),
    "Only the first point counts: add up what all points contribute.": _reduced(lambda products: products[:, 0]),
    "Every sign is turned round: look at the sign of the derivative by f_in.": _with_delta(lambda p, y: y - p),
    "The slope of the sigmoid is in it once too often: in the derivative by f_in it cancels out.": _with_delta(
        lambda p, y: (p - y) * p * (1 - p)
    ),
    "One of the two parts of the loss is lost: the one with 1 - y counts as well.": _with_delta(
        lambda p, y: -y * (1 - p)
    ),
    "A sign in the derivative by f_in is wrong: it is zero where the prediction equals the target.": _with_delta(
        lambda p, y: p + y
    ),
    "On the way back to a hidden neuron the weight u1 or u2 is left out.": _changed(
        lambda f, net: replace(f, u1=ONE, u2=ONE)
    ),
    "On the way back to the hidden neurons u1 and u2 are swapped.": _changed(
        lambda f, net: replace(f, u1=f.u2, u2=f.u1)
    ),
    "A factor of a hidden neuron is wrong: it is the slope of tanh, not its value.": _with_slope(lambda z_in, z: z),
    "The last factor of the chain rule is left out: what a weight is multiplied with.": _changed(
        lambda f, net: replace(f, x1=ONE, x2=ONE, z1=ONE, z2=ONE)
    ),
    "The weights u1 and u2 are multiplied with the outputs of the hidden neurons, not with their inputs.": _changed(
        lambda f, net: replace(f, z1=net.z1_in, z2=net.z2_in)
    ),
    "The hidden neurons use tanh: its slope is another one than that of the sigmoid.": _with_slope(
        lambda z_in, z: z * (1 - z)
    ),
    "This is the slope of the sigmoid at the hidden neurons: they use tanh.": _with_slope(
        lambda z_in, z: torch.sigmoid(z_in) * (1 - torch.sigmoid(z_in))
    ),
    "The slope of tanh is not right: there is a square in it.": _with_slope(lambda z_in, z: 1 - z),
    "The slope of tanh is not right: it is made from the output of the neuron, not from its input.": _with_slope(
        lambda z_in, z: 1 - z_in**2
    ),
    "The slope of tanh is not right: tanh is applied once too often.": _with_slope(
        lambda z_in, z: 1 - torch.tanh(z) ** 2
    ),
    "The slope of tanh is left out.": _with_slope(lambda z_in, z: ONE),
    "The derivatives by w12 and w21 are swapped: w12 leads from input 1 to hidden neuron 2.": _reordered(*W_SWAPPED),
    "The two hidden neurons are swapped.": _reordered(1, 0, 3, 2, 5, 4, 6, 8, 7),
    "The order is another one: b1, b2, w11, w12, w21, w22, c, u1, u2.": _reordered(0, 2, 4, 1, 3, 5, 6, 7, 8),
    "The outputs of the two hidden neurons are swapped in the derivatives by u1 and u2.": _reordered(
        0, 1, 2, 3, 4, 5, 6, 8, 7
    ),
    "The two inputs are swapped in the derivatives by the weights w.": _reordered(0, 1, 4, 5, 2, 3, 6, 7, 8),
}
