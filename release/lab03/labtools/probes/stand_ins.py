"""What stands for an earlier function of the student while a later one is tried: a mistake then counts once.

These functions have the exact signature and the right kind of result, but most are not what the exercise asks for. No
two arguments, points or parameters can be exchanged in them unseen.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from labtools import functions
from labtools.asking import Answer


def sigmoid(x: Any) -> Tensor:
    """The right one."""
    return torch.sigmoid(torch.as_tensor(x))


def predict(x: Tensor, b1: Any, b2: Any, w11: Any, w12: Any, w21: Any, w22: Any, c: Any, u1: Any, u2: Any) -> Tensor:
    """Probabilities of another network: shape (N,) for x of shape (N, 2)."""
    params = _float64(b1, b2, w11, w12, w21, w22, c, u1, u2)
    places = torch.arange(9)
    waves = torch.cos(params - places)
    return torch.sigmoid(
        (torch.sin(params + places).sum() + waves[::2].sum() * x[:, 0] + waves[1::2].sum() * x[:, 1]) / 4
    )


def get_loss(target: Tensor, pred: Tensor) -> Tensor:
    """The right one."""
    return torch.nn.functional.binary_cross_entropy(pred.double(), target.double())


def get_gradients(
    x: Tensor, target: Tensor, b1: Any, b2: Any, w11: Any, w12: Any, w21: Any, w22: Any, c: Any, u1: Any, u2: Any
) -> Tensor:
    """Nine numbers, each of which depends on all parameters, and on which point has which target."""
    params = _float64(b1, b2, w11, w12, w21, w22, c, u1, u2)
    errors = predict(x, *params) - target  # shape (N,)
    places = torch.arange(9)
    by_x1, by_x2 = torch.cos(params + places), torch.sin(params.roll(1) - places)
    return (errors[:, None] * (1 + by_x1 * x[:, :1] + by_x2 * x[:, 1:])).mean(0) + params / 4


def finite_difference_gradient(x: Tensor, target: Tensor, params: Tensor, eps: float = 1e-5) -> Tensor:
    """Central differences of the loss of the other network, in float64."""
    steps = eps * torch.eye(9, dtype=torch.float64)
    plus, minus = (
        torch.stack([get_loss(target, predict(x, *(params.double() + sign * step))) for step in steps])
        for sign in (1, -1)
    )
    return (plus - minus) / (2 * eps)


def train(x: Tensor, target: Tensor, params: Any, alpha: Any, steps: Any) -> Tensor:
    """Descent by the other gradients."""
    params = _float64(*params)
    for _ in range(int(steps)):
        params = params - float(alpha) * get_gradients(x, target, *params)
    return params


def _float64(*entries: Any) -> Tensor:
    return torch.stack([torch.as_tensor(entry, dtype=torch.float64) for entry in entries])


STAND_INS: dict[str, Callable[..., Tensor]] = {
    function.__name__: function
    for function in (sigmoid, predict, get_loss, get_gradients, finite_difference_gradient, train)
}

#: For each name None, for the function above, or a list of results, one for each call.
Chosen = Mapping[str, Sequence[Any] | None]


def call_with(function: Any, arguments: Sequence[Sequence[Any]], stand_ins: Chosen) -> list[Answer]:
    """Like `call_many`, while other functions stand for some that the student has written."""
    return functions.call_with(function, arguments, _for_each(arguments, stand_ins))


def call_and_look(function: Any, arguments: Sequence[Sequence[Any]], stand_ins: Chosen) -> list[Answer]:
    """Like `call_with`; each answer holds [result, arguments after the call, calls of the stand-ins,
    what was printed]."""
    return functions.call_and_look(function, arguments, _for_each(arguments, stand_ins))


def _for_each(arguments: Sequence[Any], stand_ins: Chosen) -> list[functions.Functions]:
    return [
        {
            name: STAND_INS[name] if results is None else _with_result(STAND_INS[name], results[number])
            for name, results in stand_ins.items()
        }
        for number in range(len(arguments))
    ]


def _with_result(function: Callable[..., Tensor], result: Any) -> Callable[..., Any]:
    """A function with the same signature that always gives this result."""

    def fixed(*given: Any, **named: Any) -> Any:
        signature.bind(*given, **named)
        return result

    signature = inspect.signature(function)
    fixed.__signature__ = signature  # type: ignore[attr-defined]
    return fixed
