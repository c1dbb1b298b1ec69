"""The student version of a lab: generated, verified, compared, swapped in."""

from __future__ import annotations

from autograder.release.generate import after_generate_assignment, generate
from autograder.release.make import make_release, run_notebook
from autograder.release.new_lab import make_lab

__all__ = [
    "after_generate_assignment",
    "generate",
    "make_lab",
    "make_release",
    "run_notebook",
]
