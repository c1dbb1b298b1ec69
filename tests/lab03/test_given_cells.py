"""Whatever a student has written, a notebook runs to its end: given cells say what is missing, and go on."""

import contextlib
import io
import linecache
from typing import Any

import matplotlib
import pytest

from autograder.course import grade_id, is_test, solution
from tests.hidden.conftest import MASTERS

from labtools import asking

matplotlib.use("agg")

ONE, TWO, THREE = sorted(MASTERS)
OPTIMIZER = """
class GradientDescentOptimizer:
    def __init__(self, func, max_steps, alpha):
        self.func, self.max_steps, self.alpha = func, max_steps, alpha

    def __call__(self, x):
        {}
"""
UNWRITTEN = """
class MyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        pass

    @staticmethod
    def backward(ctx, grad_output):
        pass
"""
GRADIENTS = "def get_gradients(x, target, b1, b2, w11, w12, w21, w22, c, u1, u2):\n    "
PREDICT = "def predict(x, b1, b2, w11, w12, w21, w22, c, u1, u2):\n    "
#: notebook, answer, what is written there, and what a given cell then says
MISTAKES = [
    (ONE, "my-function", UNWRITTEN, "Not written yet: `MyFunction`"),
    (ONE, "my-function", "class MyFunction(", "name 'MyFunction' is not defined"),
    (ONE, "optimizer", OPTIMIZER.format("return x.clone().requires_grad_()"), "lead to (1.000, 9.000)"),
    (ONE, "optimizer", OPTIMIZER.format("return 2(x)"), "line 7, in `__call__`: `return 2(x)`"),
    (ONE, "optimizer", OPTIMIZER.format("return [1, 2, 3]"), "Expected 2 numbers, got 3"),
    (ONE, "optimizer", OPTIMIZER.format("return 'far'"), "Expected numbers, got a str"),
    (ONE, "optimizer", OPTIMIZER.format("return None"), "Not written yet"),
    (ONE, "optimizer", OPTIMIZER.format("print(x)"), "returns nothing"),
    (ONE, "optimizer", OPTIMIZER.format("while True: pass"), "took longer than 1 seconds, in line 7"),
    (TWO, "q05", "def dfin_dc(s):\n    return s.nothing", "AttributeError"),
    (TWO, "q05", "def dfin_dc(s):\n    return [s.c, s.u1]", "Expected one number, got 2"),
    (TWO, "q05", "def dfin_dc(s):\n    return 'one'", "got a str"),
    (TWO, "q05", "def dfin_dc(", "not written yet"),
    (THREE, "predict", PREDICT + "return sigmoid(x)", "Your code raised RuntimeError"),
    (THREE, "predict", PREDICT + "x *= 0\n    return sigmoid(x[:, 0])", "The loss with the parameters"),
    (THREE, "predict", PREDICT + "return 1 / 0", "`return 1 / 0`"),
    (THREE, "get-loss", "def get_loss(target, pred):\n    return pred", "Your code raised RuntimeError"),
    (THREE, "get-gradients", GRADIENTS + "return [0.0] * 9", "your gradient: ValueError"),
    (THREE, "get-gradients", GRADIENTS + "return 'nine'", "got a str"),
    (THREE, "train", "def train(x, target, params, alpha, steps):\n    return params.tolist()", "The loss during"),
    (THREE, "train", "def train(x, target, params, alpha, steps):\n    return params[:5]", "Expected 9 numbers, got 5"),
    (THREE, "restarts", "def train_with_restarts(*given):\n    return 1.0", "This cell cannot go on"),
    (THREE, "hyperparameters", "my_alpha, my_steps = 'fast', 10", "Your code raised"),
    (THREE, "hyperparameters", "my_alpha, my_steps = 1.0, 1e6", "choose fewer"),
]


def run(notebook: str, changed: str, text: str) -> tuple[str, dict[str, Any]]:
    """Run all cells but the checks, the solutions with one answer changed. Returns what is said, and the names."""
    names: dict[str, Any] = {"__name__": "__main__"}
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for cell in MASTERS[notebook].cells:
            if cell.cell_type != "code" or is_test(cell):
                continue
            if grade_id(cell) == changed:
                with contextlib.suppress(SyntaxError):
                    run_cell(text, names)
            else:
                run_cell(solution(cell.source), names)  # an error fails the test
    return said.getvalue(), names


def run_cell(source: str, names: dict[str, Any]) -> None:
    """Run a cell so that its lines can be told, as IPython does."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)


@pytest.mark.parametrize(("notebook", "answer", "text", "words"), MISTAKES)
def test_given_cells_go_on(monkeypatch: pytest.MonkeyPatch, notebook: str, answer: str, text: str, words: str) -> None:
    monkeypatch.setattr(asking, "SECONDS", 1)
    assert words in run(notebook, answer, text)[0]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("predict", PREDICT + "x *= 0\n    return sigmoid(x[:, 0])"),
        ("get-loss", "def get_loss(target, pred):\n    target += 1\n    return pred.mean()"),
        ("train", "def train(x, target, params, alpha, steps):\n    params += 1\n    return params"),
    ],
)
def test_what_is_given_cannot_be_changed_by_an_answer(answer: str, text: str) -> None:
    _, names = run(THREE, answer, text)
    assert (float(names["x"].abs().sum()), float(names["target"].sum()), float(names["params"][0])) == (4, 1, 0.3)
