"""One run over a class."""

from __future__ import annotations

from autograder.grade.run import autograde, examine_all

__all__ = [
    "autograde",
    "examine_all",
]
