"""The run of one submission: student cells in a sealed kernel, test cells on our side of the wall."""

from __future__ import annotations

from autograder.examine.constant import Outputs, draw_constant
from autograder.examine.examiner import Examiner

__all__ = [
    "Examiner",
    "Outputs",
    "draw_constant",
]
