"""Whether student code had its time, or waited for a core: what others do to a machine is not booked to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import get_native_id

AGAIN = 3  # times that code has its time again
MOST = 0.5  # of its time that its process may have waited before that


def waited(process: int | str) -> float:
    """The seconds that the first thread of a process has waited for a core so far; 0 where Linux does not tell.

    `process`: its number, or what stands for it, or for a thread, in /proc.
    """
    try:
        with open(f"/proc/{process}/schedstat", "rb", buffering=0) as file:  # it is read for each question
            return int(file.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def fair_clock(theirs: Callable[[], float]) -> Callable[[], float]:
    """A clock for this thread that stands still while it waits for a core, or the process whose waiting `theirs` tells.

    For any thread to read. Whatever waits, it goes on at a quarter of its speed: nobody can stop it.
    """
    own = f"self/task/{get_native_id()}"
    began, before = time.monotonic(), waited(own) + theirs()

    def clock() -> float:
        passed = time.monotonic() - began
        return max(passed - (waited(own) + theirs() - before), passed / (AGAIN + 1))

    return clock


class CodeTime:
    """The time of a cell or a question that begins, none of it after `deadline`, by the monotonic clock.

    `clock` tells how long its process has waited for a core so far, in seconds.
    """

    def __init__(self, clock: Callable[[], float], deadline: float) -> None:
        self._left = AGAIN
        self._clock = clock
        self._deadline = deadline
        self._before = clock()

    def again(self, seconds: float) -> bool:
        """Whether the code may have these seconds, which are over, once more: it waited for most of them."""
        before, self._before = self._before, self._clock()
        late = self._left == 0 or time.monotonic() >= self._deadline
        if late or self._before - before <= MOST * seconds:
            return False
        self._left -= 1
        return True
