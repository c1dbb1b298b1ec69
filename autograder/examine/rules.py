"""What a plain test cell gives: points by nbgrader's rules, and what went wrong in words for the student."""

from __future__ import annotations

from typing import Any

from autograder.examine.deadline import TookTooLong
from autograder.examine.held import Refused, Unanswered


def points_of(value: Any, most: float) -> float:
    """Points by the value of a cell's last line, as nbgrader reads it: a number from 0 on is the points.

    Anything else gives all points. ValueError for a number above them.
    """
    if value is None:
        return most
    try:
        number = float(repr(value))
    except ValueError:
        return most
    if number > most:
        raise ValueError(f"the last line says {number:g}, which is more than the {most:g} points of this cell")
    return number if number >= 0 else most


def explanation(error: BaseException) -> str:
    """What went wrong, for the student; never a line of the test."""
    if isinstance(error, Refused):
        return f"Not accepted: {error}."
    if isinstance(error, Unanswered):
        return f"Your code gave no answer: {error}."
    if isinstance(error, TookTooLong):
        return "This test took too long."
    if isinstance(error, MemoryError):
        return "This test took too much memory."
    name = type(error).__name__
    if getattr(error, "of_student", False):
        text = str(error)[:300]
        return f"Your code raised {name}: {text}" if text else f"Your code raised {name}."
    if isinstance(error, AssertionError):
        return str(error) or "An assertion does not hold."
    if isinstance(error, NameError):
        return str(error)
    return f"The test ended in {name}."
