"""A plain test cell that takes too long where others wait: it is another turn, no mistake."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from autograder.course import Profile
from autograder.examine.outcome import Outcome
from autograder.examine.running import Running
from autograder.examine.student import OutOfTime


class Kernel:
    """A kernel that has to hurry, or has not."""

    def __init__(self, hurried: bool) -> None:
        self.hurried = hurried
        self.asked: set[str] = set()

    def took_too_long(self) -> None:
        if self.hurried:
            raise OutOfTime("others wait")


class Late:
    """Stands for the plain test cells of a notebook: one that takes too long."""

    silent, late = False, True

    def run(self, name: str, profile: Profile) -> Outcome:
        return Outcome(0.0, "", [])


def running(kernel: Kernel) -> Any:
    one = Running.__new__(Running)
    given: dict[str, Any] = {
        "_kernel": kernel,
        "_sitting": Late(),
        "_lab": SimpleNamespace(profiles={"book/test-1": Profile()}),
        "_book": SimpleNamespace(name="book"),
    }
    vars(one).update(given)
    return one


def test_a_plain_test_that_takes_too_long_is_another_turn_where_others_wait() -> None:
    cell = new_code_cell("assert f(1)", metadata={"nbgrader": {"grade_id": "test-1", "points": 1}})
    with pytest.raises(OutOfTime):
        asyncio.run(running(Kernel(hurried=True))._test(cell))
    assert asyncio.run(running(Kernel(hurried=False))._test(cell)).points == 0
