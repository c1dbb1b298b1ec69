"""Whether a cell had its time, or waited for a core: what others do to a machine is not booked to a student's code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

AGAIN = 3  # times that a cell has its time again
MOST = 0.5  # of its time that its process may have waited before that


def waited(pid: int) -> float:
    """The seconds that the first thread of a process has waited for a core so far; 0 where Linux does not tell."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


class CellTime:
    """The time of a cell that begins. `clock` tells how long its process has waited for a core so far, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._left = AGAIN
        self._clock = clock
        self._before = clock()

    def again(self, seconds: float) -> bool:
        """Whether the cell may have these seconds, which are over, once more: it waited for most of them."""
        before, self._before = self._before, self._clock()
        if self._left == 0 or self._before - before <= MOST * seconds:
            return False
        self._left -= 1
        return True
