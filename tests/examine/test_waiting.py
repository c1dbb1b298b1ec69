"""A cell has its time again where its process only waited for a core."""

import asyncio
import math
import os
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course import TimeLimits
from autograder.examine.runner import Runner
from autograder.examine.student import StudentKernel
from autograder.examine.waiting import AGAIN, CodeTime, waited


def times_again(waits: Iterator[float], deadline: float = math.inf) -> int:
    """How often a cell of ten seconds has its time again, if its process waits for a core as this clock tells."""
    runner = Runner(NotebookNode(cells=[], metadata={}), interrupt_on_timeout=False)
    runner.begin(CodeTime(lambda: next(waits), deadline))
    for count in range(2 * AGAIN):
        try:
            assert asyncio.run(runner._async_handle_timeout(10, new_code_cell("pass"))) is None
        except CellTimeoutError:
            return count
    return 2 * AGAIN


@pytest.mark.parametrize(("share", "count"), [(0.9, AGAIN), (0.4, 0), (0.0, 0)], ids=["crowded", "own-work", "alone"])
def test_a_cell_has_its_time_again_where_others_had_the_cores(share: float, count: int) -> None:
    assert times_again(share * 10 * step for step in range(100)) == count


def test_what_waited_once_does_not_count_for_ever() -> None:
    assert times_again(iter([0.0, 9.0, 10.0])) == 1


def test_after_the_end_of_the_submission_no_time_comes_again() -> None:
    assert times_again((10.0 * step for step in range(100)), time.monotonic()) == 0


def test_how_long_a_process_waited_is_known() -> None:
    assert waited(os.getpid()) > 0 and waited(4_194_305) == 0


def test_a_kernel_that_keeps_itself_waiting_has_no_time_again() -> None:
    kernel: Any = StudentKernel(KernelSpec(), TimeLimits(), math.inf)
    provisioner = SimpleNamespace(pid=os.getpid(), gives_way=False)
    kernel._manager = SimpleNamespace(provisioner=provisioner)
    assert kernel.waited() > 0
    provisioner.gives_way = True
    assert kernel.waited() == 0
