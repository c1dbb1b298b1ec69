"""What the checks of this lab have done beside your code: it is called, and its results come back as plain data."""

from __future__ import annotations

from probes.differentiating import derivatives, derivatives_without_autograd, follows_through
from probes.form import expect_form, result
from probes.optimizing import Descent, expect_walked, optimize
from probes.stand_ins import STAND_INS, call_and_look, call_with

__all__ = [
    "STAND_INS",
    "Descent",
    "call_and_look",
    "call_with",
    "derivatives",
    "derivatives_without_autograd",
    "expect_form",
    "expect_walked",
    "follows_through",
    "optimize",
    "result",
]
