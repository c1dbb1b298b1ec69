"""The check of the tests themselves: a bank of answers, and mutants of the solutions."""

from __future__ import annotations

from autograder.check.bank import Entry, expected_points, hand_in, read_bank
from autograder.check.check import Check
from autograder.check.mutants import mutants_of

__all__ = [
    "Check",
    "Entry",
    "expected_points",
    "hand_in",
    "read_bank",
    "mutants_of",
]
