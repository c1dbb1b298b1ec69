"""Judges `dfin_dc` (question 5): the bias of the output neuron."""

from __future__ import annotations

from hidden.lab03.exercise2.formulas import dfin_dc
from hidden.lab03.exercise2.judging import judge_in_states
from hidden.lab03.exercise2.network import Formula

from labtools import Checks, Names

MISTAKES: dict[str, Formula] = {
    "That belongs to u1: it does not stand beside c.": lambda s: s.z1_out,
    "That is a weight: it does not stand beside c.": lambda s: s.u1,
    "Here c is the variable, not a constant: its own derivative is not zero.": lambda s: 0,
    "You gave c itself: differentiate with respect to c.": lambda s: s.c,
    "You gave f_in itself, not its derivative.": lambda s: s.f_in,
    "You went one step too far: with the sigmoid, the derivative is that of f_out.": lambda s: s.f_out * (1 - s.f_out),
    "You went on to the loss: only the step from c to f_in is asked for.": lambda s: s.f_out - s.y,
    "The terms without c are constants here: their derivative is zero.": lambda s: s.u1 * s.z1_out + s.u2 * s.z2_out,
    "You kept terms without c: they are constants, and go away when you differentiate.": lambda s: (
        1 + s.u1 * s.z1_out + s.u2 * s.z2_out
    ),
    "The sign is wrong: look at how c enters f_in.": lambda s: -1,
    "You gave f_out: what is asked for is a derivative of f_in.": lambda s: s.f_out,
    "You differentiated with respect to the weights u1 and u2, not c.": lambda s: s.z1_out + s.z2_out,
    "You differentiated with respect to the outputs of the hidden neurons, not c.": lambda s: s.u1 + s.u2,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden check of `test-q05`."""
    judge_in_states(
        checks,
        student,
        "q05",
        dfin_dc,
        "The value is not right: which term of f_in contains c?",
        MISTAKES,
        weight=0.9,
    )
