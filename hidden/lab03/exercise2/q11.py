"""Judges `dz2in_db2` (question 11): the bias of a hidden neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.formulas import dz2in_db2
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "That belongs to w12: it does not stand beside b2.": lambda s: s.x1,
    "Here b2 is the variable, not a constant: its own derivative is not zero.": lambda s: 0,
    "You gave b2 itself: differentiate with respect to b2.": lambda s: s.b2,
    "You gave the sum itself, not its derivative.": lambda s: s.z2_in,
    "You went one step too far: this is the derivative of the neuron's output.": lambda s: 1 - s.z2_out**2,
    "You gave the neuron's output: what is asked for is a derivative of what goes into it.": lambda s: s.z2_out,
    "The terms without b2 are constants here: their derivative is zero.": lambda s: s.w12 * s.x1 + s.w22 * s.x2,
    "You kept terms without b2: they are constants, and go away when you differentiate.": lambda s: (
        1 + s.w12 * s.x1 + s.w22 * s.x2
    ),
    "You differentiated with respect to the inputs, not b2.": lambda s: s.w12 + s.w22,
    "You differentiated with respect to the weights, not b2.": lambda s: s.x1 + s.x2,
    "The sign is wrong: look at how b2 enters the sum.": lambda s: -1,
    "You went on to f_in: only the first step is asked for.": lambda s: s.u2 * (1 - s.z2_out**2),
    "You went on to the loss: only the first step is asked for.": lambda s: (s.f_out - s.y) * s.u2 * (1 - s.z2_out**2),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q11`."""
    judge_in_states(
        checks,
        student,
        "q11",
        dz2in_db2,
        "The value is not right: which term of the sum contains b2?",
        MISTAKES,
        weight=0.9,
    )
