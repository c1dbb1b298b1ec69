"""Judges `dfout_dfin` (question 2): the derivative of the sigmoid."""

from __future__ import annotations

import math

from hidden.lab03.exercise2.formulas import dfout_dfin
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula, sigmoid

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "There is a plus where the rule for the sigmoid has another sign.": lambda s: s.f_out * (1 + s.f_out),
    "The sigmoid is applied twice: f_out is already the sigmoid of f_in.": lambda s: (
        sigmoid(s.f_out) * (1 - sigmoid(s.f_out))
    ),
    "You put f_in where the formula wants the value of the sigmoid.": lambda s: s.f_in * (1 - s.f_in),
    "This is the derivative of tanh: here the function is the sigmoid.": lambda s: 1 - s.f_out**2,
    "This is the derivative of tanh, taken of f_in: here the function is the sigmoid.": lambda s: (
        1 - math.tanh(s.f_in) ** 2
    ),
    "This is f_out itself, not its derivative.": lambda s: s.f_out,
    "One factor is missing.": lambda s: 1 - s.f_out,
    "The sign is wrong: the sigmoid rises everywhere.": lambda s: -s.f_out * (1 - s.f_out),
    "The inner derivative is forgotten: the sigmoid is a power of 1 + exp(-f_in).": lambda s: s.f_out**2,
    "The inner derivative is forgotten: the sigmoid is a power of 1 + exp(-f_in). A sign is lost as well.": lambda s: (
        -(s.f_out**2)
    ),
    "The derivative is not 1: between f_in and f_out stands the sigmoid.": lambda s: 1,
    "The derivative of the sigmoid is multiplied by itself: take it once.": lambda s: (s.f_out * (1 - s.f_out)) ** 2,
    "You mixed f_in and f_out: both factors belong to the same quantity.": lambda s: s.f_in * (1 - s.f_out),
    "Both factors belong to the same quantity: you mixed f_out and f_in.": lambda s: s.f_out * (1 - s.f_in),
    "The square of exp(-f_in) is taken: only the denominator is squared.": lambda s: (
        math.exp(-2 * s.f_in) / (1 + math.exp(-s.f_in)) ** 2
    ),
    "The derivative of the loss is in it already: only the step from f_in to f_out is asked for.": lambda s: (
        s.f_out - s.y
    ),
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q02`."""
    judge_in_states(
        checks,
        student,
        "q02",
        dfout_dfin,
        "The value is not right in every state. Which function leads from f_in to f_out?",
        MISTAKES,
    )
