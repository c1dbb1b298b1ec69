"""Judges `square`, with numbers drawn at grading."""

from __future__ import annotations

from labtools import Checks, Names, call_many, expect_close, random_numbers


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-square`."""
    random = random_numbers("square")
    numbers = [random.uniform(-9, 9) for _ in range(5)]

    @checks.check("other numbers, negative ones too", weight=1)
    def _() -> None:
        answers = call_many(student.square, [(number,) for number in numbers])
        expect_close(answers, [number**2 for number in numbers], "Some squares are wrong.")
