"""The earlier functions of the student that a later one calls: its own, or others that stand for them.

A mistake in an earlier cell must not cost points again. So a function is tried twice: with the student's own earlier
functions, whose results are expected to be right, and with simple ones in their place, which compute something else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from hidden.lab03.exercise3 import network
from hidden.lab03.exercise3.backprop import gradient

from labtools import Answer, call_many, first_to_pass
from labtools.probes import STAND_INS, call_with


@dataclass(frozen=True)
class Earlier:
    """The functions that a function of the student finds, and what follows from them."""

    own: bool  # whether they are the student's
    right: bool  # whether they are lent, and right
    losses: Callable[[Tensor, Tensor, Tensor], Tensor]  # (x, target, rows of parameters): shape (number of rows,)
    gradient: Callable[[Tensor, Tensor, Tensor], Tensor]  # (x, target, params): shape (9,)
    predict: Callable[[Tensor, Tensor], Tensor]  # (x, params): shape (N,)

    def stand_ins(self, *names: str) -> dict[str, Any]:
        """What stands for these functions, as `call_and_look` wants it."""
        return {} if self.own else dict.fromkeys(names)

    def functions(self, *names: str) -> dict[str, Callable[..., Tensor]]:
        """The functions that stand for these, `predict` or `get_loss`."""
        lent = STAND_INS | {"predict": _right_predict} if self.right else STAND_INS
        return {} if self.own else {name: lent[name] for name in names}

    def call(self, function: Any, arguments: Sequence[Sequence[Any]], *names: str) -> list[Answer]:
        """Call a function of the student, where these earlier functions are as said."""
        if self.own:
            return call_many(function, arguments)
        return call_with(function, list(arguments), self.stand_ins(*names))


def _other_losses(x: Tensor, target: Tensor, rows: Tensor) -> Tensor:
    return torch.stack([STAND_INS["get_loss"](target, STAND_INS["predict"](x, *row)) for row in rows])


def _other_gradient(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
    return STAND_INS["get_gradients"](x, target, *params)


def _other_predict(x: Tensor, params: Tensor) -> Tensor:
    return STAND_INS["predict"](x, *params)


def _right_predict(
    x: Tensor, b1: Any, b2: Any, w11: Any, w12: Any, w21: Any, w22: Any, c: Any, u1: Any, u2: Any
) -> Tensor:
    params = [torch.as_tensor(entry, dtype=torch.float64) for entry in (b1, b2, w11, w12, w21, w22, c, u1, u2)]
    return network.predict(x.double(), torch.stack(params))


OWN = Earlier(True, False, network.losses, gradient, network.predict)
RIGHT = Earlier(False, True, network.losses, gradient, network.predict)
OTHERS = Earlier(False, False, _other_losses, _other_gradient, _other_predict)


def with_own_or_others(judge: Callable[[Earlier], None], vague: str = "") -> None:
    """Fail the check unless `judge` passes with the student's own earlier functions, or with the others.

    `vague` is a message to give only if neither attempt finds a better one.
    """
    first_to_pass(lambda: judge(OWN), lambda: judge(OTHERS), vague=vague)
