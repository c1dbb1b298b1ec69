"""The outcome of one test cell."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.course import CheckResult


@dataclass
class Outcome:
    points: float = 0.0
    text: str = ""
    checks: list[CheckResult] = field(default_factory=list)
    #: what a person should know of the answer
    notes: list[str] = field(default_factory=list)
