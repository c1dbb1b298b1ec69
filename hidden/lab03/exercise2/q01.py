"""Judges `dL_dfout` (question 1): the derivative of the cross-entropy."""

from __future__ import annotations

import math

from hidden.lab03.exercise2.formulas import dL_dfout
from hidden.lab03.exercise2.judging import expect_derivative, note_signs_in_states
from hidden.lab03.exercise2.network import Formula, random_state

from labtools import Checks, Names, random_numbers

MISTAKES: dict[str, Formula] = {
    "This is the derivative of a squared error, up to a factor: the loss is the cross-entropy.": lambda s: (
        2 * (s.f_out - s.y)
    ),
    "The brackets round 1 - y are missing.": lambda s: -s.y / s.f_out + 1 - s.y / (1 - s.f_out),
    "A minus sign is lost: look at the sign of the part with y.": lambda s: s.y / s.f_out + (1 - s.y) / (1 - s.f_out),
    "The part with 1 - y has the wrong sign: log(1 - f_out) has an inner derivative.": lambda s: (
        -s.y / s.f_out - (1 - s.y) / (1 - s.f_out)
    ),
    "All signs are turned round.": lambda s: s.y / s.f_out - (1 - s.y) / (1 - s.f_out),
    "The part with 1 - y is missing.": lambda s: -s.y / s.f_out,
    "The part with 1 - y is missing, and the part with y has the wrong sign.": lambda s: s.y / s.f_out,
    "The part with y is missing.": lambda s: (1 - s.y) / (1 - s.f_out),
    "The two denominators are swapped: which logarithm belongs to which part?": lambda s: (
        -s.y / (1 - s.f_out) + (1 - s.y) / s.f_out
    ),
    "The derivative of the sigmoid is in it already: only the step from f_out to L is asked for.": lambda s: (
        s.f_out - s.y
    ),
    "The sign is wrong, and the derivative of the sigmoid is in it already: stop at f_out.": lambda s: s.y - s.f_out,
    "This is L itself, not its derivative.": lambda s: s.L,
    "You differentiated with respect to y: here y is a constant and f_out is the variable.": lambda s: (
        -math.log(s.f_out) + math.log(1 - s.f_out)
    ),
    "The factors y and 1 - y are missing.": lambda s: -1 / s.f_out + 1 / (1 - s.f_out),
    "You used f_in where the loss has f_out.": lambda s: -s.y / s.f_in + (1 - s.y) / (1 - s.f_in),
    "The derivative of the logarithm is not 1 divided by the logarithm.": lambda s: (
        -s.y / math.log(s.f_out) - (1 - s.y) / math.log(1 - s.f_out)
    ),
    "The derivative of the logarithm is not 1 divided by the logarithm, in both parts.": lambda s: (
        -s.y / math.log(s.f_out) + (1 - s.y) / math.log(1 - s.f_out)
    ),
}

#: It divides by y, so it can only be told where y is not 0 or 1.
SWAPPED: dict[str, Formula] = {
    "In the loss y and f_out are swapped.": lambda s: -s.f_out / s.y + (1 - s.f_out) / (1 - s.y)
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-q01`: at the ends, where one part of the loss is gone, and between them."""
    random = random_numbers("q01")

    @checks.check("it is right where y is 0 or 1", weight=0.5)
    def _() -> None:
        expect_derivative(
            student.dL_dfout,
            [random_state(random, y=y) for y in (1.0, 0.0, 1.0, 0.0)],
            dL_dfout,
            "The value is not right where y is 0 or 1. Differentiate both parts of L.",
            MISTAKES,
        )

    @checks.check("it is right where y lies between 0 and 1", weight=1)
    def _() -> None:
        states = [random_state(random) for _ in range(5)]
        expect_derivative(
            student.dL_dfout,
            states,
            dL_dfout,
            "The value is not right where y lies between 0 and 1. Differentiate both parts of L.",
            {**MISTAKES, **SWAPPED},
        )
        note_signs_in_states(checks, student.dL_dfout, states)
