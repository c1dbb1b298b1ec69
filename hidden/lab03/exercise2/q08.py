"""Judges `dL_du1` (question 8): the way from a weight of the output neuron to the loss."""

from __future__ import annotations

from hidden.lab03.exercise2.chain import loss_mistakes, minus_dL_dc, product, sigmoid_twice
from hidden.lab03.exercise2.formulas import before, dfin_du1, dfout_dfin, dL_dc, dL_dfout, dL_du1
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

EARLIER = before(dL_du1)

MISTAKES: dict[str, Formula] = {
    "All signs are turned round.": product(minus_dL_dc, dfin_du1),
    "The last factor is the derivative of f_in with respect to u1: that is not u1 itself.": lambda s: dL_dc(s) * s.u1,
    "That is the other hidden neuron: which one does u1 belong to?": lambda s: dL_dc(s) * s.z2_out,
    "You used what goes into the hidden neuron: f_in is made of what comes out of it.": lambda s: dL_dc(s) * s.z1_in,
    "The step from u1 to f_in is missing.": dL_dc,
    "The derivative of the sigmoid is in it twice.": product(sigmoid_twice, dfin_du1),
    "The derivative of the sigmoid is left out.": product(dL_dfout, dfin_du1),
    "The derivative of the loss is left out.": product(dfout_dfin, dfin_du1),
    "This is the derivative of f_in alone: go on to the loss.": dfin_du1,
    "The derivative of tanh has no place here: the hidden neuron's output does not depend on u1.": lambda s: (
        dL_dc(s) * (1 - s.z1_out**2)
    ),
    "You went on into the hidden neuron: its output does not depend on u1.": lambda s: dL_du1(s) * (1 - s.z1_out**2),
    "There is a factor u1 too many: the term is differentiated with respect to u1.": lambda s: dL_du1(s) * s.u1,
    "There is a factor u1 too many, and the derivative of tanh has no place here.": lambda s: (
        dL_dc(s) * s.u1 * (1 - s.z1_out**2)
    ),
    "You added the derivatives along the way: the chain rule multiplies them.": lambda s: (
        dL_dfout(s) + dfout_dfin(s) + dfin_du1(s)
    ),
    "The last step is added: the chain rule multiplies.": lambda s: dL_dc(s) + dfin_du1(s),
    **loss_mistakes(dfin_du1),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q08`."""
    judge_in_states(
        checks,
        student,
        "q08",
        dL_du1,
        "The value is not right in every state. Multiply the derivatives along the way from u1 to L.",
        MISTAKES,
        EARLIER,
    )
