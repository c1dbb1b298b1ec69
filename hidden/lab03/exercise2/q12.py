"""Judges `dz2in_dw12` (question 12): a weight of a hidden neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.formulas import dz2in_dw12
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "That is the other input: which one does w12 belong to?": lambda s: s.x2,
    "You differentiated with respect to the other factor of the product.": lambda s: s.w12,
    "You gave the whole product: differentiate it with respect to w12.": lambda s: s.w12 * s.x1,
    "The derivative of a product with w12 is not 1: its other factor stays.": lambda s: 1,
    "You took two terms: only one contains w12.": lambda s: s.x1 + s.x2,
    "Only one term contains w12: b2 is a constant here.": lambda s: s.b2 + s.x1,
    "Only one term contains w12: the derivative of the others is zero.": lambda s: s.b2 + s.x1 + s.w22 * s.x2,
    "You kept the term with w22: it does not contain w12.": lambda s: s.x1 + s.w22 * s.x2,
    "You went one step too far: with tanh, the derivative is that of the neuron's output.": lambda s: (
        s.x1 * (1 - s.z2_out**2)
    ),
    "You went on to f_in: only the first step is asked for.": lambda s: s.u2 * (1 - s.z2_out**2) * s.x1,
    "You went on to the loss: only the first step is asked for.": lambda s: (
        (s.f_out - s.y) * s.u2 * (1 - s.z2_out**2) * s.x1
    ),
    "You gave the sum itself, not its derivative.": lambda s: s.z2_in,
    "That is a weight, and with swapped indices: look for the factor that stands beside w12.": lambda s: s.w21,
    "That is a weight of the other neuron: look for the factor that stands beside w12.": lambda s: s.w11,
    "That is the other weight of this neuron: look for the factor that stands beside w12.": lambda s: s.w22,
    "Here w12 is the variable, not a constant: the derivative is not zero.": lambda s: 0,
    "The sign is wrong: look at how w12 enters the sum.": lambda s: -s.x1,
    "The output of a hidden neuron has no place here: the first layer gets the inputs.": lambda s: s.z1_out,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q12`."""
    judge_in_states(
        checks,
        student,
        "q12",
        dz2in_dw12,
        "The value is not right in every state: which term of the sum contains w12?",
        MISTAKES,
        weight=0.9,
    )
