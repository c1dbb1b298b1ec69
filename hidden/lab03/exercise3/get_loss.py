"""Judges `get_loss`: targets of 0 and 1, targets between them, and other numbers of points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log
from typing import Any

import torch
from torch import Tensor

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import cross_entropy

from labtools import Checks, Names, call_many, expect, expect_close, numbers, random_numbers

#: What is made of the right losses of the points, where the mean is wanted.
REDUCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "This is the sum over the points, not the mean.": torch.sum,
    "The mean is taken twice: you divide by N once too often.": lambda entries: entries.mean() / len(entries),
    "The mean is taken of half the sum: divide by N, not by 2·N.": lambda entries: entries.mean() / 2,
    "You divide by 5. Divide by the number of points, which may be another one.": lambda entries: entries.sum() / 5,
    "Only the last point counts in your loss.": lambda entries: entries[-1],
    "Only the first point counts in your loss.": lambda entries: entries[0],
    "The minus sign is missing: a loss is positive.": lambda entries: -entries.mean(),
}
#: What is taken for the losses of the points, with targets y and predictions p.
FORMULAS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "The two arguments are mixed up: the target comes first, then the prediction.": lambda y, p: cross_entropy(
        p, y.clamp(1e-3, 1 - 1e-3)
    ),
    "The targets are taken as classes: they may be numbers between 0 and 1.": lambda y, p: (
        -torch.where(y == 1, p, 1 - p).log()
    ),
    "This is the mean absolute error, not the cross-entropy.": lambda y, p: (y - p).abs(),
    "Both parts have the wrong sign between them: they are added, with a minus before both.": lambda y, p: (
        y * p.log() - (1 - y) * (1 - p).log()
    ),
    "The targets are rounded: they may be numbers between 0 and 1.": lambda y, p: cross_entropy(y.round(), p),
    "The predictions go through a sigmoid once more: they are probabilities already.": lambda y, p: cross_entropy(
        y, torch.sigmoid(p)
    ),
    "The part with 1 - y is missing.": lambda y, p: -y * p.log(),
    "The part with y is missing.": lambda y, p: -(1 - y) * (1 - p).log(),
    "The part with 1 - y has the wrong sign.": lambda y, p: -y * p.log() + (1 - y) * (1 - p).log(),
    "In the second part the logarithm is that of 1 - p, not of p.": lambda y, p: -y * p.log() - (1 - y) * p.log(),
    "The classes are mixed up: log(p) goes with y, log(1 - p) with 1 - y.": lambda y, p: cross_entropy(1 - y, p),
    "This logarithm has another base: use torch.log.": lambda y, p: cross_entropy(y, p) / log(2),
    "This logarithm has the base 10: use torch.log.": lambda y, p: cross_entropy(y, p) / log(10),
    "This is the squared error, not the cross-entropy.": lambda y, p: (y - p) ** 2,
}


def _known(cases: Sequence[tuple[Tensor, Tensor]]) -> dict[str, Sequence[Any]]:
    """What the known mistakes give."""
    right = [cross_entropy(*case) for case in cases]
    known: dict[str, Sequence[Any]] = {
        message: [reduced(entries) for entries in right] for message, reduced in REDUCTIONS.items()
    }
    known |= {message: [formula(*case).mean() for case in cases] for message, formula in FORMULAS.items()}
    for guard in (0.1, 0.01, 1e-3):
        known[GUARD.format(guard)] = [
            -(y * (p + guard).log() + (1 - y) * (1 - p + guard).log()).mean() for y, p in cases
        ]
    return known | {PAIRS: [cross_entropy(y, p[:, None]).mean() for y, p in cases]}


GUARD = "{:g} is added inside the logarithms: a guard against log(0) has to be tiny, 1e-12 say."
PAIRS = (
    "Each target meets each prediction: one of the two has the shape (N, 1), and N·N losses come of it. "
    "Both have to have the shape (N,)."
)


def _expect_losses(
    student: Names,
    cases: Sequence[tuple[Tensor, Tensor]],
    vague: str = "The loss is not that of the formula.",
    any_factor: bool = False,
) -> None:
    """Fail unless the losses are right in these cases (target, pred).

    With `any_factor` all of them may be wrong by a factor, the same for all: a sum in the place of a mean.
    """
    got = [numbers(answer, 1) for answer in call_many(student.get_loss, cases)]
    expect(
        all(value == value for entry in got for value in entry),
        "The loss is not a number (NaN), although all predictions lie between 0 and 1.",
    )
    expect(
        all(abs(value) < 1e6 for entry in got for value in entry),
        "The loss is infinite: is it the logarithm of a target? The first argument is the target.",
    )
    right = [cross_entropy(*case).mean() for case in cases]
    if any_factor:
        k = common_factor([value for (value,) in got], [float(loss) for loss in right], most=len(cases))
        right = [k * loss for loss in right]
    expect_close(got, right, vague, lambda: _known(cases), rtol=2e-5)  # log(p + 1e-7) is right as well


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-get-loss`, 2.5 points."""
    random = random_numbers("get-loss")

    def between(count: int) -> Tensor:
        return draw(random, count, low=0.15, high=0.85)

    @checks.check("targets of 0 and 1", weight=1)
    def _() -> None:
        classes = torch.tensor([0.0, 1, 1, 0, 1], dtype=torch.float64)
        unsure = random.uniform(0.1, 0.9)
        sure = torch.tensor([0.004, 0.996, 0.004, 0.996, unsure], dtype=torch.float64)  # right or wrong
        usual = [(classes, between(5)), (classes.flip(0), between(5))]
        _expect_losses(student, usual, any_factor=True)
        _expect_losses(
            student,
            [(classes, sure), *usual],
            "Where a prediction is close to 0 or 1 the loss is not right. A guard against log(0) has to be tiny.",
            any_factor=True,
        )

    @checks.check("targets between 0 and 1", weight=1)
    def _() -> None:
        _expect_losses(student, [(between(4), between(4)) for _ in range(3)], any_factor=True)

    @checks.check("the mean over the points, for other numbers of points, too", weight=0.5)
    def _() -> None:
        _expect_losses(student, [(between(count), between(count)) for count in (2, 4, 7)])
