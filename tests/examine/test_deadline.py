"""What a test on our side makes of a student's replies has an end of time and of memory, and costs that check alone."""

import contextlib
import time
from collections.abc import Callable

import numpy
import pytest
import torch

from autograder.examine import judging
from autograder.examine.deadline import Deadline, TookTooLong, own_time

from labtools import Checks


def judged(*functions: Callable[[], object]) -> list[str]:
    """What checks that do this say, one after the other, as in a test cell."""
    checks = Checks(points=len(functions))
    for function in functions:
        checks.check("it", weight=1)(function)
    with judging.judging() as limit:
        limit(checks)
        checks.score()
    return [result.message for result in checks.results]


@pytest.fixture
def little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SECONDS", 0.3)


def endless() -> None:
    for _ in range(3 * 10**8):
        pass


def stubborn() -> None:
    """Takes the first end for an error of its own."""
    with contextlib.suppress(BaseException):
        endless()
    endless()


@pytest.mark.parametrize("check", [endless, stubborn])
def test_a_check_without_end_fails_and_the_others_go_on(little_time: None, check: Callable[[], None]) -> None:
    first, last = judged(check, lambda: None)
    assert first == "Checking what your code gave took longer than 0.3 seconds." and last == ""


def test_waiting_for_the_students_code_does_not_count(little_time: None) -> None:
    assert judged(lambda: time.sleep(1)) == [""]


@pytest.mark.parametrize(
    "check",
    [lambda: torch.empty(3 * 2**30, dtype=torch.uint8), lambda: numpy.empty(3 * 2**30, dtype=numpy.uint8)],
    ids=["tensor", "array"],
)  # which nobody touches
def test_a_check_that_needs_too_much_memory_fails(check: Callable[[], object]) -> None:
    assert judged(check, lambda: None) == ["Checking what your code gave took too much memory.", ""]


def test_other_faults_of_a_check_are_told_as_before() -> None:
    def fault() -> None:
        raise RuntimeError("a fault")

    assert "course staff" in judged(fault)[0]


def test_nothing_is_raised_once_a_limit_is_left() -> None:
    with Deadline(own_time()) as deadline:
        with pytest.raises(TookTooLong), deadline.limit(0.1):
            endless()
        with deadline.limit(60):
            for _ in range(10**7):
                pass
