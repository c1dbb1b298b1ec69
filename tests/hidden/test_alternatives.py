"""A check that is passed in one of several ways is as strong as the weakest: each way alone catches all mutants."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.check.mutants import mutants_of, read_equivalents
from autograder.course import grade_id, is_solution, solution
from hidden.lab03.exercise3 import earlier, get_gradients, restarts
from tests.conftest import HOME
from tests.hidden.conftest import MASTERS

import labtools

SOLUTIONS = {
    grade_id(cell): solution(cell.source)
    for cell in MASTERS["exercise3_training"].cells
    if cell.cell_type == "code" and is_solution(cell)
}
JUDGES = {
    "predict": "predict",
    "get-gradients": "get_gradients",
    "finite-differences": "finite_differences",
    "train": "train",
    "restarts": "restarts",
}
EQUIVALENT = read_equivalents(HOME / "tests/lab03/mutants.toml")


@pytest.fixture(params=[0, 1, 2], ids=["first", "second", "third"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of the only attempt that may pass a check."""

    def one_alone(*attempts: Callable[[], Any], vague: str) -> Any:
        return attempts[min(request.param, len(attempts) - 1)]()

    for module in (earlier, get_gradients, restarts):
        monkeypatch.setattr(module, "first_to_pass", one_alone)
    return request.param


def failures(cell: str, answer: str) -> list[str]:
    """What the hidden checks of an answer say, with all other answers right."""
    names: dict[str, Any] = {"torch": torch}
    try:
        for each, source in SOLUTIONS.items():
            exec(answer if each == cell else source, names)
    except Exception as error:
        return [repr(error)]
    checks = labtools.Checks(points=9)
    importlib.import_module(f"hidden.lab03.exercise3.{JUDGES[cell]}").judge(checks, labtools.names(names))
    checks.score()
    return [result.message for result in checks.results if result.message]


#: Restarts without a call of `train`, which have a way of their own.
INLINE = """
def train_with_restarts(x, target, restarts, alpha, steps, seed):
    generator = torch.Generator().manual_seed(seed)
    best_params, best_loss = None, None
    for _ in range(restarts):
        params = torch.randn(9, dtype=torch.float64, generator=generator)
        for _ in range(steps):
            params = params - alpha * get_gradients(x, target, *params)
        loss = get_loss(target, predict(x, *params))
        if best_loss is None or loss < best_loss:
            best_params, best_loss = params, loss
    return best_params, best_loss
"""


def answer_of(cell: str, way: int) -> str:
    """A right answer for which this way to pass is made."""
    return INLINE if (cell, way) == ("restarts", 2) else SOLUTIONS[cell]


@pytest.mark.slow
@pytest.mark.parametrize("cell", JUDGES)
def test_no_mutant_survives_one_way_alone(cell: str, way: int) -> None:
    survivors = [
        mutant.change
        for mutant in mutants_of(cell, answer_of(cell, way))
        if (cell, mutant.change) not in EQUIVALENT and not failures(cell, mutant.source)
    ]
    assert survivors == []


@pytest.mark.parametrize("cell", JUDGES)
def test_a_right_answer_passes_the_way_that_is_for_it(cell: str, way: int) -> None:
    assert failures(cell, answer_of(cell, way)) == (
        ["`train` is not called."] if (cell, way) == ("restarts", 1) else []
    )
