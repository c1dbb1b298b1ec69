"""Judges `dL_db2` (question 14): the whole way from b2 to the loss, through the second hidden neuron."""

from __future__ import annotations

import math

from hidden.lab03.exercise2.chain import mistakes_through_z2
from hidden.lab03.exercise2.formulas import before, dL_db2, dL_dc, dz2in_db2, dz2out_dz2in
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

EARLIER = before(dL_db2)

MISTAKES: dict[str, Formula] = {
    "You took the derivative of tanh of the product with u2: multiply the derivatives instead.": lambda s: (
        dL_dc(s) * (1 - math.tanh(s.u2 * s.z2_out) ** 2)
    ),
    **mistakes_through_z2(last=dz2in_db2),
    "That weight belongs to the other hidden neuron: follow the way from b2.": lambda s: (
        dL_dc(s) * s.u1 * dz2out_dz2in(s)
    ),
    "You followed the way through the other hidden neuron.": lambda s: dL_dc(s) * s.u1 * (1 - s.z1_out**2),
    "Everything between b2 and f_in is left out: the way has two more steps.": dL_dc,
    "There is a factor b2 too many.": lambda s: dL_db2(s) * s.b2,
    "There is a factor x1 too many: that would be the derivative by a weight.": lambda s: dL_db2(s) * s.x1,
    "There is a factor z2_out too many: f_in is differentiated with respect to it.": lambda s: dL_db2(s) * s.z2_out,
    "That weight leads into the hidden neuron: between neuron and output stands another one.": lambda s: (
        dL_dc(s) * s.w12 * dz2out_dz2in(s)
    ),
    "You added the derivatives along the way: the chain rule multiplies them.": lambda s: (
        dL_dc(s) + s.u2 + dz2out_dz2in(s)
    ),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q14`."""
    judge_in_states(
        checks,
        student,
        "q14",
        dL_db2,
        "The value is not right in every state. Multiply the derivatives along the way from b2 to L.",
        MISTAKES,
        EARLIER,
    )
