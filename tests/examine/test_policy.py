"""Derivatives that a program worked out are flagged; formulas by hand are not."""

from collections.abc import Callable

import nbformat
import pytest

from autograder.examine.policy import signs

FLAGGED = {
    "autograd": "def slope(x):\n    y = f(x)\n    return torch.autograd.grad(y, x)[0]",
    "imported": "from torch.autograd import grad as g\ndef slope(x):\n    return g(f(x), x)",
    "backward": "def slope(x):\n    f(x).backward()\n    return 1",
    "field": "def slope(x):\n    return x.grad",
    "jacobian": "import torch.autograd.functional as F\ndef slope(x):\n    return F.jacobian(f, x)",
    "torch.func": "def slope(x):\n    return torch.func.grad(f)(x)",
    "jax": "import jax\ndef slope(x):\n    return jax.jit(f)(x)",
    "sympy": "from sympy import diff\ndef slope(x):\n    return diff('x**2', 'x')",
    "difference": "def slope(x):\n    h = 1e-5\n    return (f(x + h) - f(x - h)) / (2 * h)",
    "default step": "def slope(x, eps=1e-6):\n    above = f(x + eps)\n    return (above - f(x)) / eps",
    "power": "def slope(x):\n    return (f(x + 10**-5) - f(x)) / 10**-5",
    "named difference": "def slope(x):\n    d = f(x + 0.001) - f(x)\n    return d / 0.001",
    "alias": "J = torch.autograd.functional.jacobian\ndef slope(x):\n    return J(f, x)",
    "imported alias": "from torch.func import jvp as push\ngo = push\ndef slope(x):\n    return go(f, (x,), (x,))",
    "forward mode": "import torch.autograd.forward_ad as fw\ndef slope(x):\n    return fw.make_dual(x, x)",
    "complex step": "def slope(x):\n    return f(x + 1e-20j).imag / 1e-20",
    "factor": "def f(x):\n    return x**2\nh = 1e-5\ndef slope(x):\n    return (f(x + h) - f(x - h)) * (0.5 / h)",
    "large step": "f = lambda x: x**2\ndef slope(x):\n    return (f(x + 1) - f(x - 1)) / 2",
    "named values": "f = lambda x: x**2\ndef slope(x):\n    a = f(x + 1 / 999)\n    b = f(x)\n    return (a - b) * 999",
    "by a text": "def slope(x):\n    return getattr(torch.func, 'gr' + 'ad')(f)(x)",
    "exec": "exec('def slope(x):\\n    return g(x)')",
    "numpy": "import numpy as np\ndef slope(x):\n    return np.gradient(f(x))",
}
NOT_FLAGGED = {
    "formula": "def slope(x):\n    return 2 * (x - 6)",
    "quotient": "def slope(s):\n    return (s.f_out - s.y) / (s.f_out * (1 - s.f_out))",
    "guarded quotient": "def slope(s):\n    return (s.f_out - s.y) / (s.f_out * (1 - s.f_out) + 1e-12)",
    "own helper": "def grad(x):\n    return 2 * x\ndef slope(x):\n    return grad(x) / 3",
    "autograd function": "class My(torch.autograd.Function):\n    def backward(ctx, g):\n        return g",
    "own method": "class My:\n    def grad(self):\n        return 1\n    def slope(self):\n        return self.grad()",
    "two values": "def slope(x):\n    return (math.exp(x) - math.exp(-x)) / (math.exp(x) + 1)",
    "no Python": "def slope(",
    "null": "\0",
}


def notebook(answer: str, own: str = "") -> nbformat.NotebookNode:
    solution = {"grade_id": "slope", "solution": True}
    cells = [nbformat.v4.new_code_cell(answer, metadata={"nbgrader": solution, "tags": ["by-hand"]})]
    return nbformat.v4.new_notebook(cells=cells + ([nbformat.v4.new_code_cell(own, id="own-1")] if own else []))


@pytest.mark.parametrize("answer", FLAGGED.values(), ids=FLAGGED)
def test_differentiation_by_a_program_is_flagged_with_its_line(answer: str) -> None:
    found = signs(notebook("pass"), notebook(answer))
    assert set(found) == {"slope"} and "in line" in found["slope"][0]


@pytest.mark.parametrize("answer", NOT_FLAGGED.values(), ids=NOT_FLAGGED)
def test_formulas_by_hand_are_not_flagged(answer: str) -> None:
    assert signs(notebook("pass"), notebook(answer)) == {}


def test_a_helper_in_another_cell_is_followed() -> None:
    helper = "def step(x):\n    return torch.autograd.grad(f(x), x)"
    found = signs(notebook("pass"), notebook("def slope(x):\n    return step(x)", helper))
    assert "of `own-1`, which it uses" in found["slope"][0]
    assert signs(notebook("pass"), notebook("def slope(x):\n    return 1", helper)) == {}


HELPERS = {
    "lambda": "step = lambda x: torch.autograd.grad(f(x), x)",
    "with a command": "!pip list\ndef step(x):\n    return torch.autograd.grad(f(x), x)",
    "alias": "step = torch.func.grad(f)",
}


@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
def test_a_helper_of_any_form_is_followed(helper: str) -> None:
    found = signs(notebook("pass"), notebook("def slope(x):\n    return step(x)", helper))
    assert "of `own-1`, which it uses" in found["slope"][0]


@pytest.mark.parametrize("own", ["def slope(x):\n    return 2 * x", "slope = step", "slope.backward = step"])
def test_a_definition_behind_the_answer_is_told(own: str) -> None:
    master = notebook("def slope(x):\n    pass")
    answer = "def slope(x):\n    return 2 * x"
    assert signs(master, notebook(answer, own))["slope"] == ["what it defines is defined anew in `own-1`"]
    assert signs(master, notebook(answer, "slopes = step")) == {}


def test_cells_that_ask_for_no_formula_may_use_anything() -> None:
    master = notebook("pass")
    master.cells[0].metadata.tags = []
    assert signs(master, notebook(FLAGGED["autograd"])) == {}


#: Answers by their size, each with one that is measured, and with four times that.
LONG: dict[str, tuple[int, Callable[[int], str]]] = {
    "a-name-that-is-bound-to-much": (2000, lambda n: f"a = [{'a, ' * n}]\nb = (f(x) - [{'a, ' * n}]) / h"),
    "quotients-of-such-names": (200, lambda n: f"a = [{'a, ' * 25 * n}]" + "\nb = (a - a) / a" * n),
    "a-chain-of-calls": (200, lambda n: "y = x" + ".add(1)" * n),
    "a-chain-of-fields": (200, lambda n: "y = x" + ".grad" * n),
    "quotients-in-quotients": (40, lambda n: "y = " + "(" * n + "x" + " - f(x)) / 0.1" * n),
    "functions-that-call-each-other": (750, lambda n: "\n".join(f"def f{k}(): return f{k + 1}()" for k in range(n))),
    "many-hits": (1000, lambda n: "def slope(x):\n" + "    y = x.grad\n" * n),
}


@pytest.mark.parametrize(("size", "answer"), LONG.values(), ids=LONG)
def test_reading_takes_a_time_that_grows_with_the_length(
    growth_of: Callable, size: int, answer: Callable[[int], str]
) -> None:
    assert growth_of(lambda size: signs(notebook("pass"), notebook(answer(size))), size) < 8


def test_a_long_chain_is_right_and_a_hit_behind_it_is_found() -> None:
    chain = "def slope(x):\n    c = x" + ".add(1)" * 200 + "\n    return c"
    assert signs(notebook("pass"), notebook(chain)) == {}
    found = signs(notebook("pass"), notebook(f"{chain} + torch.autograd.grad(f(x), x)[0]"))
    assert "in line 3: `torch.autograd.grad(f(x), x)`" in found["slope"][0]
