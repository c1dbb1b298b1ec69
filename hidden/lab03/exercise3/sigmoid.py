"""Judges `sigmoid`: other values, and numbers far from 0."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from hidden.lab03.exercise3.inputs import draw

from labtools import Checks, Names, call_many, expect, expect_close, numbers, random_numbers

MISTAKES: dict[str, Callable[[Tensor], Tensor]] = {
    "The minus sign of the exponent is lost: sigmoid has to rise with x.": lambda x: 1 / (1 + torch.exp(x)),
    "Python reads 1 / 1 + a as (1 / 1) + a: put the denominator in brackets.": lambda x: 1 + torch.exp(-x),
    "The denominator is the sum of 1 and the exponential, not the difference.": lambda x: 1 / (1 - torch.exp(-x)),
    "The numerator and the denominator need exponents of the same sign.": lambda x: torch.exp(x) / (1 + torch.exp(-x)),
    "The 1 in the denominator is missing.": lambda x: torch.exp(x),
    "The exponential has the base e, not 2: use torch.exp.": lambda x: 1 / (1 + 2**-x),
    "This is tanh. It lies between -1 and 1; sigmoid lies between 0 and 1.": torch.tanh,
    "This is tanh of x / 2. It lies between -1 and 1; sigmoid lies between 0 and 1.": lambda x: torch.tanh(x / 2),
    "This is the derivative of sigmoid.": lambda x: torch.sigmoid(x) * torch.sigmoid(-x),
    "The sign of the result is wrong: sigmoid lies between 0 and 1.": lambda x: -torch.sigmoid(x),
    "The square of x is in the exponent: it is x itself.": lambda x: 1 / (1 + torch.exp(-(x**2))),
    "This is a softmax: sigmoid looks at every entry by itself.": lambda x: torch.exp(x) / torch.exp(x).sum(),
    "This is a step. Sigmoid is a smooth curve.": lambda x: (x > 0).double(),
    "This is relu. Sigmoid is a smooth curve between 0 and 1.": torch.relu,
    "This is the logarithm of sigmoid.": torch.nn.functional.logsigmoid,
}


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-sigmoid`, 1.5 points."""
    random = random_numbers("sigmoid")
    matrix = draw(random, 2, 3, low=-4, high=4)

    @checks.check("the values are right for a tensor with several entries", weight=1)
    def _() -> None:
        inputs = [matrix, matrix[0], matrix[1, 2]]
        expect_close(
            call_many(student.sigmoid, [(each,) for each in inputs]),
            [torch.sigmoid(each) for each in inputs],
            "The values are not those of the formula, at least at some x.",
            lambda: {message: [mistake(each) for each in inputs] for message, mistake in MISTAKES.items()},
            rtol=1e-6,
            atol=1e-9,
        )

    @checks.check("very large and very small x give 1 and 0", weight=0.5)
    def _() -> None:
        far = torch.tensor([-800.0, -random.uniform(1, 2), 800.0], dtype=torch.float64)
        (answer,) = call_many(student.sigmoid, [(far,)])
        got = numbers(answer, 3)
        expect(
            all(value == value for value in got),
            "The result is not a number (NaN) where x is far from 0: infinity is divided by infinity. "
            "Use the formula of the text.",
        )
        words = "Far away from 0 the values have to be close to 0 or 1."
        expect_close([got], [torch.sigmoid(far)], words, rtol=1e-6, atol=1e-9)
