"""Judges `dfin_du1` (question 6): a weight of the output neuron."""

from __future__ import annotations

import math

from hidden.lab03.exercise2.formulas import dfin_du1
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "An input does not stand beside u1: between them is the hidden neuron.": lambda s: s.x1,
    "You differentiated with respect to the other factor of the product.": lambda s: s.u1,
    "That is the other hidden neuron: which one does u1 belong to?": lambda s: s.z2_out,
    "You used what goes into the hidden neuron: f_in is made of what comes out of it.": lambda s: s.z1_in,
    "You gave the whole product: differentiate it with respect to u1.": lambda s: s.u1 * s.z1_out,
    "The derivative of a product with u1 is not 1: its other factor stays.": lambda s: 1,
    "The derivative of tanh has no place here: the hidden neuron's output does not depend on u1.": lambda s: (
        1 - s.z1_out**2
    ),
    "The tanh is applied twice: the output of the neuron has it already.": lambda s: math.tanh(s.z1_out),
    "You went one step too far: with the sigmoid, the derivative is that of f_out.": lambda s: (
        s.f_out * (1 - s.f_out) * s.z1_out
    ),
    "You went on to the loss: only the step from u1 to f_in is asked for.": lambda s: (s.f_out - s.y) * s.z1_out,
    "Only one term of f_in contains u1: the derivative of the others is zero.": lambda s: (
        s.c + s.z1_out + s.u2 * s.z2_out
    ),
    "You kept the term of the second neuron: it does not contain u1.": lambda s: s.z1_out + s.u2 * s.z2_out,
    "Only one term of f_in contains u1: c is a constant here.": lambda s: s.c + s.z1_out,
    "Only one term of f_in contains u1, and you took two.": lambda s: s.z1_out + s.z2_out,
    "You gave f_in itself, not its derivative.": lambda s: s.f_in,
    "Here u1 is the variable, not a constant: the derivative is not zero.": lambda s: 0,
    "The sign is wrong: look at how u1 enters f_in.": lambda s: -s.z1_out,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q06`."""
    judge_in_states(
        checks,
        student,
        "q06",
        dfin_du1,
        "The value is not right in every state: which term of f_in contains u1?",
        MISTAKES,
        weight=0.9,
    )
