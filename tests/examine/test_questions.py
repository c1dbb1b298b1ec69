"""Questions that come to a bad end: what becomes of the kernel that was asked."""

import asyncio
import itertools
import math
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.examine.deadline import TookTooLong
from autograder.examine.questions import PATIENCE, Questions
from autograder.examine.student import OutOfTime
from autograder.examine.waiting import CodeTime

from labtools.callbacks import Lent, TooManyCalls


class Kernel:
    """A kernel, seen from the questions. A question to it ends in these errors, one after the other."""

    def __init__(self, *ends: BaseException) -> None:
        self.ends = list(ends)
        self.asked: set[str] = set()
        self.log: list[str] = []
        self.revived = self.interrupted = 0
        self.wall = self
        self.hurried = False
        self.waits: Iterator[float] = itertools.repeat(0.0)  # the seconds that it has waited for a core so far

    def seconds_for_call(self) -> float:
        return 1.0

    def code_time(self) -> CodeTime:
        return CodeTime(lambda: next(self.waits), math.inf)

    def took_too_long(self) -> None:
        if self.hurried:
            raise OutOfTime("others wait")

    def ask(self, *question: Any) -> Any:
        return self

    def reply(self, seconds: float) -> Any:
        if not self.ends:
            return "answers", [1.0]
        raise self.ends.pop(0)

    async def come_to_the_wall(self) -> None:
        pass

    async def interrupt(self) -> None:
        self.interrupted += 1

    async def revive(self) -> None:
        self.revived += 1
        self.asked = set()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_after_a_check_took_too_long_its_kernel_is_a_new_one(loop: asyncio.AbstractEventLoop) -> None:
    kernel = Kernel(*[TookTooLong() for _ in range(PATIENCE)])
    questions: Any = Questions(kernel, loop)  # type: ignore[arg-type]
    for _ in range(PATIENCE):
        with pytest.raises(TookTooLong):
            questions.ask("probe", "f", [], Lent())
    assert kernel.revived == PATIENCE
    assert questions.ask("probe", "f", [], Lent()) == ("silent", "`f` failed to answer and is not asked again")


def test_calls_that_go_on_after_the_interrupt_end_the_kernel(loop: asyncio.AbstractEventLoop) -> None:
    kernel = Kernel(TooManyCalls("called too often"), TooManyCalls("called too often"))
    questions = Questions(kernel, loop)  # type: ignore[arg-type]
    assert questions.ask("probe", "f", [], Lent()) == ("silent", "called too often")
    assert (kernel.interrupted, kernel.revived) == (1, 1)


def test_a_question_has_its_time_again_where_others_had_the_cores(loop: asyncio.AbstractEventLoop) -> None:
    kernel = Kernel(TimeoutError(), TimeoutError())
    kernel.waits = (0.9 * step for step in itertools.count())
    questions = Questions(kernel, loop)  # type: ignore[arg-type]
    assert questions.ask("probe", "f", [], Lent()) == ("answers", [1.0])
    assert (kernel.interrupted, kernel.revived) == (0, 0)


def test_where_others_wait_the_end_of_its_time_is_the_end_of_the_turn(loop: asyncio.AbstractEventLoop) -> None:
    kernel = Kernel(TimeoutError())
    kernel.hurried = True
    questions = Questions(kernel, loop)  # type: ignore[arg-type]
    with pytest.raises(OutOfTime):
        questions.ask("probe", "f", [], Lent())
    assert (kernel.interrupted, kernel.revived) == (0, 0)
