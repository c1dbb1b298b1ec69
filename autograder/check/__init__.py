"""The check of the tests themselves: a bank of answers, and mutants of the solutions."""

from __future__ import annotations

from autograder.check.bank import Entry, expected_points, hand_in, read_bank
from autograder.check.check import Check

__all__ = [
    "Check",
    "Entry",
    "expected_points",
    "hand_in",
    "read_bank",
]
