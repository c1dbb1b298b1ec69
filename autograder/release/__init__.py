"""The student version of a lab: generated, verified, compared, swapped in."""

from __future__ import annotations

from autograder.release.generate import generate
from autograder.release.make import make_release, run_notebook
from autograder.release.new_lab import make_lab
from autograder.release.profiling import empty_profiles, fill, make_profiles

__all__ = [
    "empty_profiles",
    "fill",
    "generate",
    "make_lab",
    "make_profiles",
    "make_release",
    "run_notebook",
]
