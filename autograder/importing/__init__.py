"""Bringing an nbgrader course in: masters in today's format, files, and what is to be known of its test cells."""

from __future__ import annotations

from autograder.importing.bring import Brought, bring
from autograder.importing.judge import judge_cells

__all__ = [
    "Brought",
    "bring",
    "judge_cells",
]
