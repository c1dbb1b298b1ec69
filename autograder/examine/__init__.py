"""The run of one submission: student cells in a sealed kernel, test cells on our side of the wall."""

from __future__ import annotations

from autograder.examine.constant import Outputs, draw_constant, with_constant
from autograder.examine.examiner import Examiner
from autograder.examine.libraries import calm_libraries

__all__ = [
    "Examiner",
    "Outputs",
    "calm_libraries",
    "draw_constant",
    "with_constant",
]
