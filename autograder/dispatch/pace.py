"""How long submissions take, so that one which takes much longer lets others go first.

So a few that are slow on purpose do not keep a class waiting: each costs little more than an ordinary one until all
others are done. What such a turn found does not count, so who is put off loses nothing but time.
"""

from __future__ import annotations

from collections import Counter, deque
from statistics import median

FIRST = 8.0  # seconds, until a few are done
FEW = 3
LAST = 99  # submissions: how long they take may change on the way, with what else the machine does
MORE = 8  # times as long for each further turn
SLOW = 10  # if so many more were put off than are done, it is the lab that is slow


class Pace:
    """The pace of one run."""

    def __init__(self) -> None:
        self._took: deque[float] = deque(maxlen=LAST)
        self._done = 0
        self._turns: Counter[str] = Counter()  # by student: times that the submission was put off

    def usual(self, student: str) -> float | None:
        """What a submission takes, in seconds, for the next turn of this one; None if it need not hurry."""
        if self._turns.total() > self._done + SLOW:
            return None
        return (median(self._took) if self._done >= FEW else FIRST) * MORE ** self._turns[student]

    def took(self, seconds: float) -> None:
        """A submission is done."""
        self._took.append(seconds)
        self._done += 1

    def put_off(self, student: str) -> None:
        """A submission has used up its turn."""
        self._turns[student] += 1
