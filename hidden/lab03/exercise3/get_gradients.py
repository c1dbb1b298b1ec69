"""Judges `get_gradients`: the nine means, in groups, so that a mistake costs the points of its group alone.

The groups are judged up to a common factor: sums in the place of means are one slip, and cost one check.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import torch

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise3.backprop import gradient
from hidden.lab03.exercise3.comparing import same
from hidden.lab03.exercise3.gradient_mistakes import MISTAKES
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import predict

from labtools import (
    Answer,
    CheckFailed,
    Checks,
    Names,
    agree,
    call_many,
    call_without_autograd,
    expect,
    first_to_pass,
    note_signs,
    numbers,
    pattern,
    random_numbers,
)
from labtools.probes import call_with

NAMES = ("b1", "b2", "w11", "w12", "w21", "w22", "c", "u1", "u2")
MOST = 7  # of the nine: so many have to be right for the others to be single mistakes


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

    def compare(answers: list[Answer], entries: Sequence[int]) -> None:
        """Fail unless these entries of the nine are right, up to a factor that nearly all nine have in common."""
        wrong: set[int] = set()
        negated: set[int] = set()
        for answer, case in zip(answers, cases):
            got, right = numbers(answer, 9), gradient(*case).tolist()
            k = common_factor(got, right, most=MOST)
            off = {i for i in entries if not agree(got[i : i + 1], [k * right[i]], 1e-6, 1e-8)}
            wrong |= off
            negated |= {i for i in off if agree(got[i : i + 1], [-k * right[i]], 1e-6, 1e-8)}
        if not wrong:
            return
        name_mistake(answers, entries)
        which = " and ".join(NAMES[i] for i in sorted(wrong))
        told = f"The {'sign of the ' if wrong == negated else ''}derivative by {which} is not right."
        rows = [numbers(answer, 9) for answer in answers]
        raise CheckFailed(f"{told} {pattern(rows, [gradient(*case).tolist() for case in cases])}".strip())

    def name_mistake(answers: list[Answer], entries: Sequence[int]) -> None:
        """Fail with the name of the mistake, if it is a known one. All nine tell best, else the entries alone."""
        got = torch.tensor([numbers(answer, 9) for answer in answers], dtype=torch.float64)
        known = {text: torch.stack([formula(*case) for case in cases]) for text, formula in MISTAKES.items()}
        right = torch.stack([gradient(*case) for case in cases])
        for places in (list(range(9)), list(entries)):
            fitting = [
                text
                for text, mistaken in known.items()
                if same(got[:, places], mistaken[:, places]) and not same(mistaken[:, entries], right[:, entries])
            ]
            if len(fitting) == 1:
                raise CheckFailed(fitting[0])

    def expect_size(answers: list[Answer]) -> None:
        """Fail unless nearly all entries are right as they are, without a common factor."""
        for answer, case in zip(answers, cases):
            got, right = numbers(answer, 9), gradient(*case).tolist()
            if sum(agree([a], [b], 1e-6, 1e-8) for a, b in zip(got, right)) < MOST:
                name_mistake(answers, range(9))
                k = common_factor(got, right, most=MOST)
                expect(k == 1, f"All numbers are {k:.4g} times as large as they should be.")
                raise CheckFailed("Most of the nine numbers are not right.")

    def with_own_or_right(judge: Callable[[list[Answer]], None]) -> None:
        """Fail unless the answers pass, or those with a right `sigmoid` and `predict`: no mistake counts twice."""
        first_to_pass(lambda: judge(answers()), lambda: judge(answers_with_right_functions()), vague="")

    @checks.check("the derivative by c (step 2 of the text)", weight=0.5)
    def _() -> None:
        with_own_or_right(lambda answers: compare(answers, [6]))

    @checks.check("the derivatives by u1 and u2 (step 2 of the text)", weight=0.5)
    def _() -> None:
        with_own_or_right(lambda answers: compare(answers, [7, 8]))

    @checks.check("the derivatives by b1 and b2 (step 3 of the text)", weight=1.5)
    def _() -> None:
        with_own_or_right(lambda answers: compare(answers, [0, 1]))

    @checks.check("the derivatives by the four weights w (step 3 of the text)", weight=1.5)
    def _() -> None:
        with_own_or_right(lambda answers: compare(answers, [2, 3, 4, 5]))

    @checks.check("they are means over the points, with the right sign", weight=0.5)
    def _() -> None:
        with_own_or_right(expect_size)
        if any(answer.error for answer in answers()):  # of an earlier function: it says nothing of this one
            return
        note_signs(
            checks,
            lambda nudged: call_without_autograd(student.get_gradients, [(x, y, *params) for x, y, params in nudged]),
            cases,
            lambda case, r: (case[0] * (1 + r), case[1], case[2] * (1 + r)),
        )
