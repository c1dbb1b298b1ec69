"""Judges `dfin_dz2out` (question 9): from a hidden neuron's output to the sum of the output neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.formulas import dfin_dz2out
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "You differentiated with respect to the other factor of the product.": lambda s: s.z2_out,
    "That weight belongs to the other hidden neuron.": lambda s: s.u1,
    "You gave the whole product: differentiate it.": lambda s: s.u2 * s.z2_out,
    "The derivative of a product is not 1 here: the factor in front stays.": lambda s: 1,
    "You took two terms of f_in: only one contains the output of the second neuron.": lambda s: s.u1 + s.u2,
    "Only one term of f_in contains the output of the second neuron: c is a constant here.": lambda s: s.c + s.u2,
    "Only one term of f_in contains the output of the second neuron: the derivative of the others is zero.": lambda s: (
        s.c + s.u1 * s.z1_out + s.u2
    ),
    "You went on through tanh: only the step from the neuron's output to f_in is asked for.": lambda s: (
        s.u2 * (1 - s.z2_out**2)
    ),
    "This is the derivative of tanh: it belongs to the step before.": lambda s: 1 - s.z2_out**2,
    "You went one step too far: with the sigmoid, the derivative is that of f_out.": lambda s: (
        s.u2 * s.f_out * (1 - s.f_out)
    ),
    "You went on to the loss: only the step to f_in is asked for.": lambda s: (s.f_out - s.y) * s.u2,
    "That weight leads from the first input into the neuron, not out of it.": lambda s: s.w12,
    "That weight leads from the second input into the neuron, not out of it.": lambda s: s.w22,
    "You gave f_in itself, not its derivative.": lambda s: s.f_in,
    "The sign is wrong: look at how the neuron's output enters f_in.": lambda s: -s.u2,
    "That is not zero: the neuron's output enters f_in.": lambda s: 0,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q09`."""
    judge_in_states(
        checks,
        student,
        "q09",
        dfin_dz2out,
        "The value is not right in every state: which term of f_in contains the output of the second neuron?",
        MISTAKES,
        weight=0.9,
    )
