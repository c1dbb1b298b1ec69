"""A student works through the notebooks with mistakes and corrections, and meets no traceback but of own cells."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.course import Course, grade_id, is_solution, is_test, read_notebook, solution
from tests.browser.jupyter import page_of, screenshot
from tests.browser.student import lab, open_notebook, outputs, run_all, write  # noqa: F401 (a fixture)
from tests.lab03.test_given_cells import GRADIENTS, ONE, OPTIMIZER, PREDICT, THREE, TWO

pytestmark = pytest.mark.slow  # JupyterLab

#: By notebook, the rounds of mistakes: answers, and what a cell then says.
MISTAKES: dict[str, list[tuple[dict[str, str], dict[str, str]]]] = {
    ONE: [
        (
            {
                "gradient-formula": "def gradient(x1, x2):\n    return 2 * (x1 - 6), 2 * x2",
                "my-function": "class MyFunction(torch.autograd.Function):\n"
                "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n"
                "        return (x[0] - 6) ** 2 + x[1] ** 2 - x[0] * x[1]\n\n"
                "    @staticmethod\n    def backward(ctx, grad_output):\n        x = ctx.saved_tensors\n"
                "        return grad_output * torch.stack([2 * (x[0] - 6) - x[1], 2 * x[1] - x[0]])",
                "optimizer": OPTIMIZER.format("return x.clone().requires_grad_()"),
            },
            {
                "test-gradient-formula": "[look] At (3, -2) the gradient is (-4, -7)",
                "test-my-function": "`ctx.saved_tensors` is a tuple",
                "path-plot": "lead to (1.000, 9.000)",
            },
        ),
        (
            {"optimizer": OPTIMIZER.format("while True: pass")},
            {"test-update-rule": "took longer than 10 seconds", "path-plot": "took longer than 10 seconds"},
        ),
    ],
    TWO: [
        (
            {
                "q01": "def dL_dfout(s):\n    return s.y / s.f_out + (1 - s.y) / (1 - s.f_out)",
                "q05": "def dfin_dc(s):\n    return 1(s.c)",
                "q10": "def dz2out_dz2in(s):\n    return [1, 2]",
            },
            {
                "test-q01": "PyTorch 3.6453",
                "test-q05": "line 2, in `dfin_dc`: `return 1(s.c)`",
                "compare": "Expected one number, got 2",
            },
        )
    ],
    THREE: [
        (
            {
                "predict": PREDICT + "return sigmoid(x)",
                "get-gradients": GRADIENTS + "return [0.0] * 9",
                "hyperparameters": "my_alpha, my_steps = 'fast', 'many'",
            },
            {"loss-of": "Your code raised", "test-get-gradients": "[look]", "share": "This cell cannot go on"},
        ),
        ({"get-loss": "def get_loss(target, pred):\n    return 1 / 0"}, {"boundaries": "Your code raised"}),
    ],
}


@pytest.mark.parametrize("name", [ONE, TWO, THREE])
def test_mistakes_and_corrections(
    course: Course,
    lab: tuple[Path, str],  # noqa: F811
    browser: Browser,
    name: str,
) -> None:
    _, address = lab
    cells = read_notebook(course.release / f"{name}.ipynb").cells
    master = read_notebook(course.source / f"{name}.ipynb")
    right = {grade_id(cell): solution(cell.source) for cell in master.cells if is_solution(cell)}
    number = {cell.id: place for place, cell in enumerate(cells)}
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        page.set_default_timeout(240_000)
        open_notebook(page, address, name, cells)

        def look() -> dict[str, str]:
            run_all(page, cells)
            shown = dict(zip((cell.id for cell in cells), outputs(page, cells)))
            assert not [cell for cell, text in shown.items() if "Traceback" in text]
            return shown

        blank = look()
        for cell in cells:
            if is_test(cell):
                assert "ot written yet" in blank[cell.id] and "0.0" not in blank[cell.id].splitlines()
        for key, text in right.items():
            write(page, number[key], cells[number[key]].cell_type, text)
        for turn, (mistakes, words) in enumerate(MISTAKES[name]):
            for key, text in mistakes.items():
                write(page, number[key], "code", text)
            shown = look()
            for cell, word in words.items():
                assert word in " ".join(shown[cell].split()), f"{cell}: {shown[cell]}"
            screenshot(page, f"mistakes-{name}-{turn}")
            for key in mistakes:
                write(page, number[key], "code", right[key])
        shown = look()
        for cell in cells:
            if is_test(cell):
                assert "[failed]" not in shown[cell.id] and "[look]" not in shown[cell.id], shown[cell.id]
        assert "0 of these checks do not pass" in shown["end"]
    assert trouble == []
