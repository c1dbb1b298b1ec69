"""Gradescope's programming assignments: the zip that it wants, and what runs there."""

from __future__ import annotations

from autograder.gradescope.pack import pack
from autograder.gradescope.results import grade_submission

__all__ = ["grade_submission", "pack"]
