"""Judges `dz2in_dx1` (question 13): an input of a hidden neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.formulas import dz2in_dx1
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "The two indices are swapped: the first is the input, the second the hidden neuron.": lambda s: s.w21,
    "That weight leads to the other hidden neuron.": lambda s: s.w11,
    "That weight comes from the other input.": lambda s: s.w22,
    "You differentiated with respect to the other factor of the product.": lambda s: s.x1,
    "You gave the whole product: differentiate it with respect to x1.": lambda s: s.w12 * s.x1,
    "The derivative of a product with x1 is not 1: its other factor stays.": lambda s: 1,
    "You took two terms: only one contains x1.": lambda s: s.w12 + s.w22,
    "Only one hidden neuron is asked for here, the second one.": lambda s: s.w11 + s.w12,
    "Only one term contains x1: b2 is a constant here.": lambda s: s.b2 + s.w12,
    "Only one term contains x1: the derivative of the others is zero.": lambda s: s.b2 + s.w12 + s.w22 * s.x2,
    "You kept the term with x2: it does not contain x1.": lambda s: s.w12 + s.w22 * s.x2,
    "You went one step too far: with tanh, the derivative is that of the neuron's output.": lambda s: (
        s.w12 * (1 - s.z2_out**2)
    ),
    "You went on to f_in: only the first step is asked for.": lambda s: s.u2 * (1 - s.z2_out**2) * s.w12,
    "You went on to the loss: only the first step is asked for.": lambda s: (
        (s.f_out - s.y) * s.u2 * (1 - s.z2_out**2) * s.w12
    ),
    "You gave the sum itself, not its derivative.": lambda s: s.z2_in,
    "Here x1 is the variable, not a constant: the derivative is not zero.": lambda s: 0,
    "The sign is wrong: look at how x1 enters the sum.": lambda s: -s.w12,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q13`."""
    judge_in_states(
        checks,
        student,
        "q13",
        dz2in_dx1,
        "The value is not right in every state: which term of the sum contains x1?",
        MISTAKES,
        weight=0.9,
    )
