"""The worked solution of a lab, to publish after the deadline: a web page and a notebook for each master."""

from __future__ import annotations

from autograder.solution.make import make_solution

__all__ = ["make_solution"]
