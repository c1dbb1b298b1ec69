"""Judges `get_gradients`: the nine means, in groups, so that a mistake costs the points of its group alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

from hidden.lab03.exercise3.backprop import gradient
from hidden.lab03.exercise3.gradient_mistakes import MISTAKES, Formula
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import predict

from labtools import Answer, Checks, Names, call_many, expect_close, first_to_pass, numbers, random_numbers
from probes import call_with


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-get-gradients`, 4.5 points."""
    random = random_numbers("get-gradients")
    cases = [(draw(random, n, 2), draw(random, n, low=0), draw(random, 9)) for n in (4, 6)]
    classes = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    cases.append((draw(random, 3, 2, low=-2, high=2), classes, draw(random, 9, low=-2, high=2)))
    arguments = [(x, target, *params) for x, target, params in cases]

    @cache  # all checks look at the same answers
    def answers() -> list[Answer]:
        return call_many(student.get_gradients, arguments)

    @cache
    def answers_with_right_functions() -> list[Answer]:
        right = {"sigmoid": None, "predict": [predict(x, params) for x, _, params in cases]}
        return call_with(student.get_gradients, arguments, right)

    def expect_gradients(entries: Sequence[int], vague: str, which: slice = slice(None)) -> None:
        """Fail unless these entries of the nine are right, in all cases or in those of `which`."""

        def entries_of(formula: Formula) -> list[Tensor]:
            return [formula(*case)[list(entries)] for case in cases[which]]

        def compare(answers: list[Answer]) -> None:
            got = torch.tensor([numbers(answer, 9) for answer in answers], dtype=torch.float64)
            expect_close(
                list(got[which, list(entries)]),
                entries_of(gradient),
                vague,
                lambda: {message: entries_of(formula) for message, formula in MISTAKES.items()},
                rtol=1e-6,
                atol=1e-8,
            )

        first_to_pass(
            lambda: compare(answers()),
            lambda: compare(answers_with_right_functions()),  # so a mistake in an earlier cell does not count again
            vague=vague,
        )

    @checks.check("the derivatives by c, u1 and u2", weight=1)
    def _() -> None:
        expect_gradients([6, 7, 8], "At least one derivative by c, u1 or u2 is not right: step 2 of the text.")

    @checks.check("the derivatives by b1 and b2", weight=1)
    def _() -> None:
        expect_gradients([0, 1], "At least one derivative by b1 or b2 is not right: step 3 of the text.")

    @checks.check("the derivatives by the four weights w", weight=1.5)
    def _() -> None:
        expect_gradients([2, 3, 4, 5], "At least one derivative by a weight w is not right: step 3 of the text.")

    @checks.check("all nine together, with targets of 0 and 1", weight=1)
    def _() -> None:
        expect_gradients(range(9), "At least one of the nine is not right.", slice(2, 3))
