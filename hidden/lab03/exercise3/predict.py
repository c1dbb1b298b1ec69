"""Judges `predict`: other points and parameters, few points, large weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from hidden.lab03.exercise3.earlier import Earlier, with_own_or_others
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import PARAMS, forward, predict

from labtools import Checks, Names, expect_close, random_numbers

Formula = Callable[[Tensor, Tensor], Tensor]  # (x, params): one number for each point


def _reordered(*order: int) -> Formula:
    """The prediction with the parameters in another order."""
    return lambda x, params: predict(x, params[list(order)])


def _without(*places: int) -> Formula:
    """The prediction with some parameters set to 0."""
    keep = torch.tensor([0.0 if place in places else 1.0 for place in range(9)], dtype=torch.float64)
    return lambda x, params: predict(x, params * keep)


def _with_hidden(hidden: Callable[[Tensor], Tensor]) -> Formula:
    """The prediction with another function in the hidden neurons."""
    return lambda x, params: torch.sigmoid(forward(x, params, hidden).f_in)


def _with_output(output: Callable[[Tensor], Tensor]) -> Formula:
    """The prediction with another function in the output neuron."""
    return lambda x, params: output(forward(x, params).f_in)


MISTAKES: dict[str, Formula] = {
    "The weights w12 and w21 are swapped: w12 leads from input 1 to hidden neuron 2.": _reordered(
        0, 1, 2, 4, 3, 5, 6, 7, 8
    ),
    "The two hidden neurons are swapped at the output: u1 belongs to neuron 1.": _reordered(0, 1, 2, 3, 4, 5, 6, 8, 7),
    "The two biases b1 and b2 are swapped.": _reordered(1, 0, 2, 3, 4, 5, 6, 7, 8),
    "The two inputs are swapped.": _reordered(0, 1, 4, 5, 2, 3, 6, 7, 8),
    "The bias of the output, c, is missing.": _without(6),
    "The biases of the hidden neurons are missing.": _without(0, 1),
    "The second hidden neuron is missing.": _without(8),
    "Neuron 1 takes the place of neuron 2 as well: u2 belongs to neuron 2.": _reordered(0, 0, 2, 2, 4, 4, 6, 7, 8),
    "These are classes, 0 or 1: the probabilities are wanted.": _with_output(lambda f: (f > 0).double()),
    "The hidden layer lacks its tanh.": _with_hidden(lambda z: z),
    "The hidden neurons use tanh, not sigmoid.": _with_hidden(torch.sigmoid),
    "The output lacks its sigmoid.": _with_output(lambda f: f),
    "The output needs a sigmoid, not tanh.": _with_output(torch.tanh),
    "The sigmoid is applied twice.": _with_output(lambda f: torch.sigmoid(torch.sigmoid(f))),
    "It uses `params` of the notebook: use the arguments b1, b2, ….": lambda x, _: predict(x, PARAMS),
    "All points get the prediction of the first one.": lambda x, params: predict(x, params)[:1].expand(len(x)),
}


def _expect_predictions(student: Names, cases: Sequence[tuple[Tensor, Tensor]], rtol: float = 1e-6) -> None:
    """Fail unless the predictions are right in these cases (x, params)."""
    vague = "The probabilities are not those of the network in the text."

    def judge(earlier: Earlier) -> None:
        expect_close(
            earlier.call(student.predict, [(x, *params) for x, params in cases], "sigmoid"),
            [predict(*case) for case in cases],  # what stands for `sigmoid` is right, too
            vague,
            lambda: {message: [mistake(*case) for case in cases] for message, mistake in MISTAKES.items()},
            rtol=rtol,
            atol=1e-8,
        )

    with_own_or_others(judge, vague)


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-predict`, 2.5 points."""
    random = random_numbers("predict")

    @checks.check("the probabilities are right for other points and parameters", weight=1.5)
    def _() -> None:
        usual = draw(random, 4, 2), draw(random, 9)
        larger = draw(random, 6, 2, low=-2, high=2), draw(random, 9, low=-2, high=2)
        _expect_predictions(student, [usual, larger])

    @checks.check("they are right for one point, and for two points", weight=0.5)
    def _() -> None:
        _expect_predictions(student, [(draw(random, count, 2), draw(random, 9)) for count in (2, 1)])

    @checks.check("they are right with large weights", weight=0.5)
    def _() -> None:
        case = draw(random, 5, 2, low=-2, high=2), draw(random, 9, low=-5, high=5)
        _expect_predictions(student, [case], rtol=1e-5)  # in float32 a small probability has five digits here
