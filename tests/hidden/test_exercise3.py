"""The judges of exercise 3, called without a kernel: right functions, known mistakes, mistakes in earlier cells."""

import importlib
import random
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.course import Course, is_solution, read_notebook, solution
from hidden.lab03.exercise3 import gradient_mistakes, predict, sigmoid
from hidden.lab03.exercise3.get_loss import FORMULAS, REDUCTIONS
from hidden.lab03.exercise3.network import cross_entropy

import labtools

JUDGES = (
    "sigmoid",
    "predict",
    "get_loss",
    "get_gradients",
    "finite_differences",
    "check_gradients",
    "train",
    "restarts",
    "hyperparameters",
)


@pytest.fixture
def names(course: Course) -> dict[str, Any]:
    """What a student has who wrote everything as the master does."""
    namespace: dict[str, Any] = {"torch": torch}
    for cell in read_notebook(course.source / "exercise3_training.ipynb").cells:
        if cell.cell_type == "code" and is_solution(cell):
            exec(solution(cell.source), namespace)
    return namespace


def messages(judge: str, names: dict[str, Any]) -> list[str]:
    """What the hidden checks of one test cell say: the empty text where one passes."""
    checks = labtools.Checks(points=5)
    importlib.import_module(f"hidden.lab03.exercise3.{judge}").judge(checks, labtools.names(names))
    checks.score()
    return [result.message for result in checks.results]


@pytest.mark.parametrize("judge", JUDGES)
def test_right_functions_pass(judge: str, names: dict[str, Any]) -> None:
    assert set(messages(judge, names)) == {""}


@pytest.mark.parametrize("judge", JUDGES)
def test_without_the_answer_every_check_says_what_is_missing(judge: str) -> None:
    said = messages(judge, {"torch": torch})
    assert said and all("is not defined. Run the cell that defines it" in message for message in said)


@pytest.mark.parametrize("message", sigmoid.MISTAKES)
def test_mistakes_in_sigmoid_are_named(message: str, names: dict[str, Any]) -> None:
    names["sigmoid"] = sigmoid.MISTAKES[message]
    assert messages("sigmoid", names)[0] == message


@pytest.mark.parametrize("message", predict.MISTAKES)
def test_mistakes_in_predict_are_named(message: str, names: dict[str, Any]) -> None:
    names["predict"] = lambda x, *params: predict.MISTAKES[message](x, torch.stack(params))
    assert messages("predict", names)[0] == message


@pytest.mark.parametrize("message", [*REDUCTIONS, *FORMULAS])
def test_mistakes_in_get_loss_are_named(message: str, names: dict[str, Any]) -> None:
    reduction, formula = REDUCTIONS.get(message, torch.mean), FORMULAS.get(message, cross_entropy)
    names["get_loss"] = lambda target, pred: reduction(formula(target, pred))
    assert message in messages("get_loss", names)


@pytest.mark.parametrize("message", gradient_mistakes.MISTAKES)
def test_mistakes_in_get_gradients_are_named(message: str, names: dict[str, Any]) -> None:
    formula = gradient_mistakes.MISTAKES[message]
    names["get_gradients"] = lambda x, target, *params: formula(x, target, torch.stack(params))
    assert message in messages("get_gradients", names)


def test_a_wrong_derivative_costs_only_the_checks_that_look_at_it(names: dict[str, Any]) -> None:
    right = names["get_gradients"]
    names["get_gradients"] = lambda *given: right(*given) * torch.tensor([2, 1, 1, 1, 1, 1, 1, 1, 1])
    by_c, by_u, by_biases, by_weights, size = messages("get_gradients", names)
    assert by_c == by_u == by_weights == size == ""
    assert by_biases == "The derivative by b1 is not right."


@pytest.mark.parametrize("factor", [-1.0, 0.2, 5.0])
def test_a_factor_that_all_derivatives_have_in_common_costs_one_check(factor: float, names: dict[str, Any]) -> None:
    right = names["get_gradients"]
    names["get_gradients"] = lambda *given: right(*given) * factor
    *entries, size = messages("get_gradients", names)
    assert set(entries) == {""} and size


def test_differences_that_are_off_by_rounding_alike_everywhere_are_not_exact(names: dict[str, Any]) -> None:
    right = names["finite_difference_gradient"]
    names["finite_difference_gradient"] = lambda *given: right(*given) * 1.0014
    central, size, other_step, single, data, unchanged = messages("finite_differences", names)
    assert central and size and other_step and single and data and not unchanged


def test_a_factor_that_all_losses_have_in_common_costs_one_check(names: dict[str, Any]) -> None:
    right = names["get_loss"]
    names["get_loss"] = lambda target, pred: right(target, pred) * len(target)
    assert messages("get_loss", names) == ["", "", "This is the sum over the points, not the mean."]


@pytest.mark.parametrize("factor", [0.0, 1e-3, 100.0])
def test_what_is_far_off_is_no_factor(factor: float, names: dict[str, Any]) -> None:
    right = names["get_gradients"]
    names["get_gradients"] = lambda *given: right(*given) * factor
    assert all(messages("get_gradients", names))


WRONG = [
    (
        "sigmoid",
        "def sigmoid(x):\n    return torch.exp(x) / (1 + torch.exp(x))",
        "infinity is divided by infinity",
    ),
    (
        "get_loss",
        "def get_loss(target, pred):\n"
        "    pred = pred.clamp(0.1, 0.9)\n"
        "    return -(target * pred.log() + (1 - target) * (1 - pred).log()).mean()",
        "A guard against log(0) has to be tiny",
    ),
    (
        "finite_differences",
        "def finite_difference_gradient(x, target, params, eps=1e-5):\n"
        "    loss = lambda p: get_loss(target, predict(x, *p))\n"
        "    return torch.stack([(loss(params + step) - loss(params)) / eps for step in eps * torch.eye(9).double()])",
        "differences to one side",
    ),
    (
        "finite_differences",
        "right = finite_difference_gradient\n"
        "def finite_difference_gradient(x, target, params, eps=1e-5):\n"
        "    return right(x, target, params)",
        "The argument `eps` is not used.",
    ),
    (
        "finite_differences",
        "right = finite_difference_gradient\n"
        "def finite_difference_gradient(x, target, params, eps=1e-5):\n"
        "    result = right(x, target, params, eps)\n"
        "    params += eps\n"
        "    return result",
        "After the call `params` of the caller has other values",
    ),
    (
        "check_gradients",
        "def check_gradients(gradient, x, target, params):\n"
        "    if ((gradient - finite_difference_gradient(x, target, params)).abs() < 1e-4).all():\n"
        "        raise ValueError('wrong')",
        "the inequality is the wrong way round",
    ),
    (
        "check_gradients",
        "def check_gradients(gradient, x, target, params):\n"
        "    if (gradient - finite_difference_gradient(x, target, params) > 1e-5).any():\n"
        "        raise ValueError('wrong')",
        "It accepts numbers that are too small: take the absolute value",
    ),
    (
        "check_gradients",
        "def check_gradients(gradient, x, target, params):\n"
        "    if not torch.allclose(gradient, get_gradients(x, target, *params)):\n"
        "        raise ValueError('wrong')",
        "It accepts whatever `get_gradients` gives",
    ),
    (
        "train",
        "def train(x, target, params, alpha, steps):\n"
        "    for _ in range(steps):\n"
        "        params += alpha * get_gradients(x, target, *params)\n"
        "    return params",
        "It walks uphill",
    ),
    (
        "train",
        "def train(x, target, params, alpha, steps):\n"
        "    for _ in range(steps):\n"
        "        params -= alpha * get_gradients(x, target, *params)\n"
        "    return params",
        "After the call `params` of the caller has other values than before: work on a copy (`clone`)",
    ),
    (
        "restarts",
        "def train_with_restarts(x, target, restarts, alpha, steps, seed):\n"
        "    torch.manual_seed(seed)\n"
        "    for _ in range(restarts):\n"
        "        trained = train(x, target, torch.randn(9).double(), alpha, steps)\n"
        "    return trained, get_loss(target, predict(x, *trained))",
        "The last one is kept",
    ),
    (
        "restarts",
        "def train_with_restarts(x, target, restarts, alpha, steps, seed):\n"
        "    torch.manual_seed(seed)\n"
        "    ends = [train(x, target, 0.01 * torch.randn(9).double(), alpha, steps) for _ in range(restarts)]\n"
        "    return min((get_loss(target, predict(x, *end)), end) for end in ends)[::-1]",
        "The starts are tiny",
    ),
    ("hyperparameters", "my_alpha, my_steps = 50.0, 10", "The steps jump over the valleys"),
    ("hyperparameters", "my_alpha, my_steps = 0.01, 10", "They do not get far enough"),
    ("hyperparameters", "my_alpha, my_steps = 3.0, 10**9", "from 1 to 2000"),
]


@pytest.mark.parametrize(("judge", "code", "message"), WRONG)
def test_mistakes_are_told(judge: str, code: str, message: str, names: dict[str, Any]) -> None:
    exec(code, names)
    assert any(message in said for said in messages(judge, names))


@pytest.mark.parametrize(
    ("judge", "earlier"),
    [
        ("predict", ["sigmoid"]),
        ("get_gradients", ["sigmoid", "predict"]),
        ("finite_differences", ["predict", "get_loss"]),
        ("check_gradients", ["finite_difference_gradient"]),
        ("train", ["get_gradients"]),
        ("restarts", ["train", "predict", "get_loss"]),
    ],
)
def test_a_mistake_in_an_earlier_function_costs_nothing(judge: str, earlier: list[str], names: dict[str, Any]) -> None:
    for name in earlier:
        names[name] = twice(names[name])
    assert set(messages(judge, names)) == {""}


def twice(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    return lambda *given: 2 * function(*given)


def test_a_training_that_is_written_out_is_judged_by_its_results(names: dict[str, Any]) -> None:
    code = (
        "def train_with_restarts(x, target, restarts, alpha, steps, seed):\n"
        "    torch.manual_seed(seed)\n"
        "    ends = torch.randn(restarts, 9, dtype=torch.float64)\n"
        "    for end in ends:\n"
        "        for _ in range(steps):\n"
        "            end -= alpha * get_gradients(x, target, *end)\n"
        "    losses = torch.stack([get_loss(target, predict(x, *end)) for end in ends])\n"
        "    return ends[losses.{}()], losses.{}()"
    )
    exec(code.format("argmin", "min"), names)
    assert set(messages("restarts", names)) == {""}
    exec(code.format("argmax", "max"), names)
    assert "is the worst one kept?" in messages("restarts", names)[1]


def test_inputs_are_drawn_when_the_judge_is_called(names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def inputs(seed: int) -> list[torch.Tensor]:
        seen = []
        names["sigmoid"] = lambda x: seen.append(x.clone())
        monkeypatch.setattr(sigmoid, "random_numbers", lambda name: random.Random(f"{seed}/{name}"))
        messages("sigmoid", names)
        return seen

    assert torch.equal(inputs(1)[0], inputs(1)[0]) and not torch.equal(inputs(1)[0], inputs(2)[0])
