"""Judges `dL_dc` (question 7): the way from the bias of the output neuron to the loss."""

from __future__ import annotations

from hidden.lab03.exercise2.chain import LOSS_MISTAKES, sigmoid_twice
from hidden.lab03.exercise2.formulas import before, dfin_dc, dfout_dfin, dL_dc, dL_dfout
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula, sigmoid

from labtools import Checks, Names

EARLIER = before(dL_dc)

MISTAKES: dict[str, Formula] = {
    "You put one derivative into the other: the chain rule multiplies them.": lambda s: dL_dfout(
        s._replace(f_out=dfout_dfin(s))
    ),
    "All signs are turned round.": lambda s: s.y - s.f_out,
    "The derivative of the sigmoid is in it twice.": sigmoid_twice,
    "The derivative of the sigmoid is left out: the way from c to the loss passes through it.": dL_dfout,
    "The derivative of the loss is left out: this is the derivative of f_out.": dfout_dfin,
    "You added the derivatives along the way: the chain rule multiplies them.": lambda s: (
        dL_dfout(s) + dfout_dfin(s) + dfin_dc(s)
    ),
    "Two derivatives are added: the chain rule multiplies them.": lambda s: dL_dfout(s) + dfout_dfin(s),
    "There is a factor c too many: the derivative of c with respect to c is not c.": lambda s: dL_dc(s) * s.c,
    "That is not zero: L depends on c, through f_in and f_out.": lambda s: 0,
    "This is the derivative of f_in alone: go on to the loss.": dfin_dc,
    **LOSS_MISTAKES,
    "You used the derivative of tanh: the output neuron has a sigmoid.": lambda s: dL_dfout(s) * (1 - s.f_out**2),
    "You multiplied by f_out: the derivative of the sigmoid is wanted, not its value.": lambda s: dL_dfout(s) * s.f_out,
    "You divided by the derivative of the sigmoid: the chain rule multiplies.": lambda s: dL_dfout(s) / dfout_dfin(s),
    "The sigmoid is applied twice: f_out is already the sigmoid of f_in.": lambda s: (
        dL_dfout(s) * sigmoid(s.f_out) * (1 - sigmoid(s.f_out))
    ),
    "You used f_in where f_out belongs.": lambda s: s.f_in - s.y,
    "You gave L itself, not its derivative.": lambda s: s.L,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q07`."""
    judge_in_states(
        checks,
        student,
        "q07",
        dL_dc,
        "The value is not right in every state. Multiply the derivatives along the way from c to L.",
        MISTAKES,
        EARLIER,
    )
