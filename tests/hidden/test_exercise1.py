"""The judges of exercise 1: known mistakes are named, and cost what they should."""

import random

import pytest

from hidden.lab03.exercise1 import gradient_formula, three_iterations, update_rule
from hidden.lab03.exercise1.function import negated
from tests.hidden.conftest import messages

import labtools
from labtools.probes import Descent

OPTIMIZER = """
class GradientDescentOptimizer:
    def __init__(self, func, max_steps, alpha):
        self.func, self.max_steps, self.alpha = func, max_steps, alpha

    def __call__(self, x):
        x = x.detach().clone().requires_grad_(True)
        previous = None
        for _ in range(self.max_steps):
            value = self.func.apply(x)
            if previous is not None and STOP:
                break
            previous = value.item()
            (slope,) = torch.autograd.grad(value, x)
            with torch.no_grad():
                STEP
        return x.detach()
"""
GOOD_STOP = "abs(previous - value.item()) < 1e-6"
FUNCTION = """
class MyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return (x[0] - 6) ** 2 + x[1] ** 2 - x[0] * x[1]

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return RESULT
"""


def optimizer(step: str = "x -= self.alpha * slope", stop: str = GOOD_STOP) -> str:
    return OPTIMIZER.replace("STEP", step).replace("STOP", stop)


CASES = [
    (
        "test-gradient-formula",
        {"gradient-formula": "gradient = lambda x1, x2: (2 * (x1 - 6) - x2, 2 * x2 + x1)"},
        {
            "the derivative by x2 is right everywhere": (
                "The product x1·x2 has the wrong sign in the derivative by x2."
            ),
        },
    ),
    (
        "test-three-iterations",
        {
            "three-iterations": "points = [(6, 6), (3, 9), (2, 8), (1, 7)]\n"  # what belongs to these points is right
            "values = [0, 63, 64]\ngradients = [(-6, 6), (-15, 15), (-16, 14)]"
        },
        {
            "the points are right": (
                "At least one point is wrong. Each starts from the point before it, with its own step size."
                " If you computed them with your function `gradient`, that has to be right."
            ),
        },
    ),
    (
        "test-my-function",
        {"my-function": FUNCTION.replace("RESULT", "torch.stack([2 * (x[0] - 6) - x[1], 2 * x[1] - x[0]])")},
        {
            "backward uses grad_output": "`backward` ignores grad_output: the chain rule asks for a product with it.",
        },
    ),
    (
        "test-my-function",  # a mistake in `gradient` costs nothing here
        {
            "gradient-formula": "gradient = lambda x1, x2: (0, 0)",
            "my-function": FUNCTION.replace("RESULT", "grad_output * torch.stack(gradient(*x))"),
        },
        {},
    ),
    (
        "test-update-rule",
        {"optimizer": optimizer(step="x += self.alpha * slope")},
        {
            "ten steps from (6, 6) with learning rate 0.1 end at (7.9435, 4.0565)": (
                "It walks uphill: subtract the gradient."
            ),
            "one step and three steps are exact": "It walks uphill: subtract the gradient.",
        },
    ),
    (
        "test-early-stopping",
        {"optimizer": optimizer(stop="previous - value.item() < 1e-4")},
        {
            "a value that rises once is not taken for arrival": (
                "It stops too early where f rises in the first step and falls from then on (a rise is no arrival):"
                " the minimum is elsewhere."
            ),
        },
    ),
    (
        "test-explore",
        {"explore": "my_start, my_alpha, my_max_steps = (1, 9), 0.7, 500"},
        {
            "gradient descent ends within 1e-3 of the minimum": (
                "With this learning rate the steps grow without limit: choose a smaller one."
            ),
        },
    ),
]


@pytest.mark.parametrize(("test", "answers", "said"), CASES)
def test_a_known_mistake_is_named(test: str, answers: dict[str, str], said: dict[str, str]) -> None:
    assert messages(test, answers) == said


def test_each_wrong_gradient_is_named() -> None:
    for text, formula in gradient_formula.MISTAKES.items():
        checks = labtools.Checks(points=2)
        gradient_formula.judge(checks, labtools.names({"gradient": formula}))
        checks.score()
        said = {result.message for result in checks.results} - {""}
        told = gradient_formula.known_at_origin(labtools.names({"gradient": formula}))()
        assert list(told) == [text] and said == (set() if formula is negated else {text})  # a factor: the visible check


def test_each_wrong_walk_is_named() -> None:
    for text, points in three_iterations.WRONG_POINTS.items():
        said = messages("test-three-iterations", {"three-iterations": f"points = {points}"})
        assert said["the points are right"] == text


@pytest.mark.parametrize("seed", range(200))
def test_the_slopes_of_the_update_rule_keep_their_signs(seed: int) -> None:
    """Whatever is drawn: a rule for stopping that overlooks a sign stops in no run, so it costs nothing there."""
    start, strange = update_rule.draw(random.Random(f"{seed}/update-rule"))
    for first, rate in ((start, update_rule.RATE), ((start[0] + 0.5, start[1] - 0.5), 0.2)):
        run = Descent(first, rate, 3, **strange)
        for steps in range(3):
            g1, g2 = run.gradient(*update_rule.descend(run, steps))
            assert g1 > 0.1 and g2 < -0.1
