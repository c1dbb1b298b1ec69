"""Judges `dL_dw12` (question 15): the whole way from w12 to the loss, through the second hidden neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.chain import mistakes_through_z2
from hidden.lab03.exercise2.formulas import before, dL_db2, dL_dc, dL_dw12, dz2in_dw12, dz2out_dz2in
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

EARLIER = before(dL_dw12)

MISTAKES: dict[str, Formula] = {
    **mistakes_through_z2(last=dz2in_dw12),
    "The last factor is the other input: which one does w12 belong to?": lambda s: dL_db2(s) * s.x2,
    "The last step is missing: from w12 to what goes into the neuron.": dL_db2,
    "The last factor is not w12 itself: the sum is differentiated with respect to w12.": lambda s: dL_db2(s) * s.w12,
    "There is a factor w12 too many.": lambda s: dL_dw12(s) * s.w12,
    "The two indices are swapped: this is the derivative by w21.": lambda s: dL_dc(s) * s.u1 * (1 - s.z1_out**2) * s.x2,
    "You followed the way through the other hidden neuron: this is the derivative by w11.": lambda s: (
        dL_dc(s) * s.u1 * (1 - s.z1_out**2) * s.x1
    ),
    "That weight after the hidden neuron belongs to the other one.": lambda s: dL_dc(s) * s.u1 * dz2out_dz2in(s) * s.x1,
    "Everything between f_in and the sum in the hidden neuron is left out.": lambda s: dL_dc(s) * s.x1,
    "You added the derivatives along the way: the chain rule multiplies them.": lambda s: (
        dL_dc(s) + s.u2 + dz2out_dz2in(s) + s.x1
    ),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q15`."""
    judge_in_states(
        checks,
        student,
        "q15",
        dL_dw12,
        "The value is not right in every state. Multiply the derivatives along the way from w12 to L.",
        MISTAKES,
        EARLIER,
    )
