"""The judges of exercise 2: each known mistake is told apart, and a mistake in an earlier function counts once."""

import importlib
import inspect
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from hidden.lab03.exercise2.network import State, forward, random_state
from tests.hidden.conftest import messages, notebook_before

import labtools

FUNCTIONS = {
    "q01": "dL_dfout",
    "q02": "dfout_dfin",
    "q05": "dfin_dc",
    "q06": "dfin_du1",
    "q07": "dL_dc",
    "q08": "dL_du1",
    "q09": "dfin_dz2out",
    "q10": "dz2out_dz2in",
    "q11": "dz2in_db2",
    "q12": "dz2in_dw12",
    "q13": "dz2in_dx1",
    "q14": "dL_db2",
    "q15": "dL_dw12",
    "q16": "dL_dx1",
}


def as_written(formula: Callable[[Any], float]) -> Callable[[SimpleNamespace], float]:
    """A formula of a judge as a student would have written it: it gets tensors."""
    return lambda s: formula(State(**{name: value.item() for name, value in vars(s).items()}))


@pytest.mark.parametrize("question", FUNCTIONS)
def test_each_known_mistake_is_told_apart(question: str) -> None:
    judge = importlib.import_module(f"hidden.lab03.exercise2.{question}")
    assert len(judge.MISTAKES) > 10
    for text, formula in judge.MISTAKES.items():
        checks = labtools.Checks(points=2)
        judge.judge(checks, labtools.names({FUNCTIONS[question]: as_written(formula)}))
        checks.score()
        assert checks.results[-1].message == text  # the last check: y between 0 and 1, both paths


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_states_are_those_of_the_notebook(seed: str) -> None:
    """To the last bit: the student is shown the one and judged at the other."""
    given = notebook_before("test-q01")
    state = random_state(Random(seed))._asdict()
    inputs = {name: state[name] for name in inspect.signature(forward).parameters}
    assert given["as_numbers"](given["forward_state"](**inputs)) == state


CALLING = """
def dL_dc(s):
    return dL_dfout(s) * dfout_dfin(s) * dfin_dc(s)
"""


def test_a_mistake_in_an_earlier_function_counts_once() -> None:
    wrong = {"q01": "dL_dfout = lambda s: s.y / s.f_out + (1 - s.y) / (1 - s.f_out)"}
    assert set(messages("test-q01", wrong)) == {
        "at the example of part 1 the value is 3.6453",
        "it is right where y is 0 or 1",
        "it is right where y lies between 0 and 1",
    }
    assert messages("test-q07", {**wrong, "q07": CALLING}) == {}
