"""Judges `dz2out_dz2in` (question 10): the derivative of tanh."""

from __future__ import annotations

import math

from hidden.lab03.exercise2.formulas import dz2out_dz2in
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula, sigmoid

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "The fraction is upside down.": lambda s: math.cosh(s.z2_in) ** 2,
    "This is the rule for the sigmoid: the hidden neuron has a tanh.": lambda s: s.z2_out * (1 - s.z2_out),
    "This is the derivative of the sigmoid: the hidden neuron has a tanh.": lambda s: (
        sigmoid(s.z2_in) * (1 - sigmoid(s.z2_in))
    ),
    "The square is missing.": lambda s: 1 - s.z2_out,
    "You squared what goes into tanh: the square is that of its value.": lambda s: 1 - s.z2_in**2,
    "You squared inside tanh: the square is that of its value.": lambda s: 1 - math.tanh(s.z2_in**2),
    "The tanh is applied twice: the output of the neuron has it already.": lambda s: 1 - math.tanh(s.z2_out) ** 2,
    "That is the other hidden neuron.": lambda s: 1 - s.z1_out**2,
    "This is the value of tanh, not its derivative.": lambda s: s.z2_out,
    "The derivative is not 1: between the two stands tanh.": lambda s: 1,
    "All signs are turned round.": lambda s: s.z2_out**2 - 1,
    "There is more than the square: a constant is missing.": lambda s: s.z2_out**2,
    "There is more than the square with its sign: a constant is missing.": lambda s: -(s.z2_out**2),
    "The square has the wrong sign: the slope of tanh is nowhere above 1.": lambda s: 1 + s.z2_out**2,
    "There should be a square, not a factor 2.": lambda s: 1 - 2 * s.z2_out,
    "You differentiated the square: this is the second derivative, or part of it.": lambda s: -2 * s.z2_out,
    "You differentiated once too often: this is the second derivative.": lambda s: -2 * s.z2_out * (1 - s.z2_out**2),
    "One of the hyperbolic functions needs a square.": lambda s: 1 / math.cosh(s.z2_in),
    "You went on to f_in: only the step through tanh is asked for.": lambda s: s.u2 * (1 - s.z2_out**2),
    "You used what goes into tanh, and the rule for the sigmoid.": lambda s: s.z2_in * (1 - s.z2_in),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q10`."""
    judge_in_states(
        checks,
        student,
        "q10",
        dz2out_dz2in,
        "The value is not right in every state. Which function leads from z2_in to z2_out?",
        MISTAKES,
    )
