"""The rule of proportion in docs/instructor.md: what an answer gets in which nothing works, or all is off by a factor.

Also what it costs to change an argument in place: the check that students can see, and nothing else.
"""

import pytest

from autograder.course import grade_id
from tests.hidden.conftest import MASTERS, run_test_cell

FULL = {
    grade_id(cell): float(cell.metadata.nbgrader.points)
    for master in MASTERS.values()
    for cell in master.cells
    if grade_id(cell).startswith("test-")
}
FUNCTIONS = {
    "gradient-formula": "gradient(x1, x2)",
    "sigmoid": "sigmoid(x)",
    "predict": "predict(x, *params)",
    "get-loss": "get_loss(target, pred)",
    "get-gradients": "get_gradients(x, target, *params)",
    "finite-differences": "finite_difference_gradient(x, target, params, eps=1e-5)",
    "train": "train(x, target, params, alpha, steps)",
    "restarts": "train_with_restarts(x, target, restarts, alpha, steps, seed)",
}
QUESTIONS = [
    "dL_dfout",
    "dfout_dfin",
    "dfin_dc",
    "dfin_du1",
    "dL_dc",
    "dL_du1",
    "dfin_dz2out",
    "dz2out_dz2in",
    "dz2in_db2",
    "dz2in_dw12",
    "dz2in_dx1",
    "dL_db2",
    "dL_dw12",
    "dL_dx1",
]
FUNCTIONS |= {
    f"q{number:02}": f"{name}(s)"
    for number, name in zip((1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), QUESTIONS, strict=True)
}
MY_FUNCTION = """
class MyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        FORWARD

    @staticmethod
    def backward(ctx, grad_output):
        BACKWARD
"""
OPTIMIZER = """
class GradientDescentOptimizer:
    def __init__(self, func, max_steps, alpha):
        self.func, self.max_steps, self.alpha = func, max_steps, alpha

    def __call__(self, x):
        CALL
"""


def my_function(forward: str, backward: str) -> dict[str, str]:
    return {"my-function": MY_FUNCTION.replace("FORWARD", forward).replace("BACKWARD", backward)}


def optimizer(call: str) -> dict[str, str]:
    return {"optimizer": OPTIMIZER.replace("CALL", call)}


def function(cell: str, result: str) -> dict[str, str]:
    return {cell: f"def {FUNCTIONS[cell]}:\n    return {result}"}


#: What each of these functions gives, whatever it is given: a number that is nowhere right, or its argument.
NOTHING = {
    "gradient-formula": ("0.0, 0.0", "7.3, 7.3", "x1, x2"),
    "sigmoid": ("0 * x", "0 * x + 1", "x"),
    "predict": ("0 * x[:, 0]", "0 * x[:, 0] + 0.5", "x[:, 0]"),
    "get-loss": ("torch.tensor(0.0)", "torch.tensor(1.0)", "pred.mean()"),
    "get-gradients": ("torch.zeros(9)", "torch.ones(9)", "torch.stack(params)"),
    "finite-differences": ("torch.zeros(9)", "torch.ones(9)", "params.double() + eps"),
    "train": ("torch.zeros(9)", "torch.ones(9)", "params", "2 * params"),
    "restarts": (
        "torch.zeros(9), 0.0",
        "torch.ones(9), 1.0",
        "(lambda end: (end, end.norm()))(torch.randn(9, generator=torch.Generator().manual_seed(seed)))",
    ),
} | {f"q{number:02}": ("0.0", "-7.3", "s.x1 - 3") for number in range(1, 17) if number not in (3, 4)}
CASES = [(f"test-{cell}", function(cell, result)) for cell, results in NOTHING.items() for result in results]
CASES += [
    (
        "test-three-iterations",
        {"three-iterations": f"points, values, gradients = [({n}, {n})] * 4, [{n}] * 3, [{n}] * 6"},
    )
    for n in (1, 7)
]
CASES += [("test-my-function", my_function(f"return {n} * x.sum()", f"return {n} * torch.ones(2)")) for n in (0, 1)]
CASES += [
    (test, optimizer(call))
    for test in ("test-update-rule", "test-early-stopping")
    for call in ("return x", "return 0 * x", "self.func.apply(x)\n        return x + self.alpha")
]
CASES += [
    ("test-check-gradients", {"check-gradients": f"def check_gradients(gradient, x, target, params):\n    {body}"})
    for body in ("pass", "raise ValueError", "finite_difference_gradient(x, target, params)", "return True")
]


def earned(test: str, answers: dict[str, str]) -> float:
    return sum(result.earned for result in run_test_cell(test, answers))


@pytest.mark.parametrize(("test", "answers"), CASES)
def test_an_answer_of_which_nothing_works_gets_a_tenth_at_most(test: str, answers: dict[str, str]) -> None:
    assert earned(test, answers) <= FULL[test] / 10 + 1e-9


GRADIENT = "(2 * (x[0] - 6) - x[1], 2 * x[1] - x[0])"
VALUE = "(x[0] - 6) ** 2 + x[1] ** 2 - x[0] * x[1]"
STEPS = """x = x.detach().clone().requires_grad_(True)
        previous = None
        for _ in range(self.max_steps):
            value = self.func.apply(x)
            if previous is not None and abs(previous - value.item()) < 1e-6:
                break
            previous = value.item()
            (slope,) = torch.autograd.grad(value, x)
            with torch.no_grad():
                x -= FACTOR * self.alpha * slope
        return x.detach()"""
#: Answers that are right up to a factor, by test cell.
SCALED = {
    "test-gradient-formula": lambda k: function("gradient-formula", f"{k} * (2 * (x1 - 6) - x2), {k} * (2 * x2 - x1)"),
    "test-my-function": lambda k: my_function(
        f"ctx.save_for_backward(x)\n        return {VALUE}",
        f"(x,) = ctx.saved_tensors\n        return {k} * grad_output * torch.stack({GRADIENT})",
    ),
    "test-update-rule": lambda k: optimizer(STEPS.replace("FACTOR", str(k))),
    "test-get-loss": lambda k: function("get-loss", f"{k} * torch.nn.functional.binary_cross_entropy(pred, target)"),
    "test-get-gradients": lambda k: {
        "get-gradients": "def get_gradients(x, target, *params):\n"
        "    theta = torch.stack(params).double().requires_grad_()\n"
        f"    return {k} * torch.autograd.grad(get_loss(target, predict(x, *theta)), theta)[0]"
    },
    "test-finite-differences": lambda k: {
        "finite-differences": "def finite_difference_gradient(x, target, params, eps=1e-5):\n"
        "    x, target, params = x.double(), target.double(), params.double()\n"
        "    loss = lambda p: get_loss(target, predict(x, *p))\n"
        f"    return {k} * torch.stack([(loss(params + e) - loss(params - e)) / (2 * eps)"
        " for e in eps * torch.eye(9).double()])"
    },
    "test-train": lambda k: {
        "train": "def train(x, target, params, alpha, steps):\n"
        "    for _ in range(steps):\n"
        f"        params = params - {k} * alpha * get_gradients(x, target, *params)\n"
        "    return params"
    },
}


@pytest.mark.parametrize("factor", [0.1, 0.5, 2, 10])
@pytest.mark.parametrize("test", SCALED)
def test_a_factor_costs_a_third_at_most(test: str, factor: float) -> None:
    points = earned(test, SCALED[test](factor))
    assert FULL[test] * 2 / 3 - 1e-9 <= points < FULL[test]


@pytest.mark.parametrize("test", SCALED)
def test_without_a_factor_nothing_is_lost(test: str) -> None:
    assert earned(test, SCALED[test](1)) == pytest.approx(FULL[test])


def test_the_factor_is_told() -> None:
    def first_message(test: str, factor: float) -> str:
        return run_test_cell(test, SCALED[test](factor))[0].message

    assert "Both derivatives are 0.5 times as large" in first_message("test-gradient-formula", 0.5)
    assert "Every sign is turned round" in first_message("test-gradient-formula", -1)
    assert "Both derivatives are 10 times as large" in first_message("test-my-function", 10)
    assert "All numbers are 2 times as large" in first_message("test-train", 2)
    assert "Every step is 0.5 times as large" in first_message("test-update-rule", 0.5)


IN_PLACE = [
    ("x has other values", "y = x.clone()\n        x[0] -= 6\n        ctx.save_for_backward(y)\n        x = y", ""),
    ("grad_output", "ctx.save_for_backward(x)", "grad_output *= 1.5\n        grad_output = grad_output / 1.5"),
    ("x has other values", "ctx.x = x", "x = ctx.x.detach().clone()\n        ctx.x.detach().mul_(2)"),
]


@pytest.mark.parametrize(("told", "forward", "backward"), IN_PLACE)
def test_my_function_that_changes_what_it_is_given_loses_a_little(told: str, forward: str, backward: str) -> None:
    take = "(x,) = ctx.saved_tensors" if "save" in forward else "pass"
    answer = my_function(
        f"{forward}\n        return {VALUE}",
        f"{take}\n        {backward or 'pass'}\n        return grad_output * torch.stack({GRADIENT})",
    )
    results = run_test_cell("test-my-function", answer)
    assert told in results[0].message
    assert [result.name for result in results if result.message] == [results[0].name]


CHANGED = [
    ("test-sigmoid", "sigmoid", "def sigmoid(x):\n    return x.neg_().exp_().add_(1).reciprocal_()", "`x`"),
    (
        "test-predict",
        "predict",
        "def predict(x, b1, b2, w11, w12, w21, w22, c, u1, u2):\n"
        "    z1 = torch.tanh(b1 + w11 * x[:, 0] + w21 * x[:, 1])\n"
        "    z2 = torch.tanh(b2 + w12 * x[:, 0] + w22 * x[:, 1])\n"
        "    return sigmoid(c.clone() + u1.mul_(z1[0]) / z1[0] * z1 + u2 * z2)",
        "`u1`",
    ),
    (
        "test-get-loss",
        "get-loss",
        "def get_loss(target, pred):\n"
        "    first = (target * pred.log()).sum()\n"
        "    return -(first + (target.neg_().add_(1) * (1 - pred).log()).sum()) / len(pred)",
        "`target`",
    ),
]


@pytest.mark.parametrize(("test", "cell", "answer", "name"), CHANGED)
def test_an_argument_that_is_changed_costs_the_visible_check(test: str, cell: str, answer: str, name: str) -> None:
    failed = [result for result in run_test_cell(test, {cell: answer}) if result.message]
    assert len(failed) == 1 and f"changes its argument {name}" in failed[0].message
    assert failed[0].weight <= FULL[test] / 3


def test_a_single_wrong_derivative_costs_a_third_at_most() -> None:
    for place in range(9):
        answer = (
            "def get_gradients(x, target, *params):\n"
            "    theta = torch.stack(params).double().requires_grad_()\n"
            "    slope = torch.autograd.grad(get_loss(target, predict(x, *theta)), theta)[0]\n"
            f"    slope[{place}] *= -1\n"
            "    return slope"
        )
        assert earned("test-get-gradients", {"get-gradients": answer}) >= 5 * 2 / 3
