"""Giving out submissions to whatever examines them, and taking results back as they come.

A lane is one executor: the station of this machine, or one worker of a cluster. Each lane holds a few submissions
at a time, so that no more than that are in memory, however many there are.
"""

from __future__ import annotations

import errno
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import Protocol

from autograder.course import CourseError, SubmissionResult
from autograder.dispatch.pace import Pace
from autograder.dispatch.station import Lost
from autograder.intake import HandedIn

#: Errors of this machine or a worker's, which no submission can make: a full disk, no more files, no rights.
MACHINE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EACCES}
TRIES = 3  # times that a submission is given out again and again to what dies with it
ATTENTION = 1.0  # seconds after which a look is taken whether lanes have come or gone


@dataclass(eq=False)
class Lane:
    """Takes `slots` submissions at a time.

    `submit(student, handed, digest, usual)` promises a SubmissionResult as JSON. `usual` says how long submissions
    take, in seconds, if this one is to be put off where it takes much longer.
    """

    name: str
    slots: int
    submit: Callable[[str, HandedIn, str, float | None], Future[str]]


class Lanes(Protocol):
    """Where submissions can be examined at the moment."""

    def now(self) -> list[Lane]:
        """The lanes that are open. CourseError where there are none, and none can be hoped for."""


Read = Callable[[str], tuple[HandedIn, str]]
GiveUp = Callable[[str, str], SubmissionResult]


def dispatch(lanes: Lanes, students: list[str], read: Read, give_up: GiveUp) -> Iterator[SubmissionResult]:
    """Have each submission examined once, and yield each result as it comes.

    `read(student)` gives what was handed in and its digest; it is called when there is a place for the submission. One
    that was lost is tried again at the end, alone in its lane, so that it takes no other with it; after `TRIES` losses
    `give_up(student, cause)` makes its result. So it does at an error of ours, which is no reason to stop the others.
    One that takes much longer than others is put off: it has another turn, with more time, once nobody waits for a
    first one. An error of the machine stops the run, since it would be booked as everybody's failure.
    """
    waiting, alone = deque(students), deque[str]()
    losses: Counter[str] = Counter()
    pace = Pace()
    running: dict[Future[str], tuple[Lane, str]] = {}
    while waiting or alone or running:
        current = lanes.now()
        for lane in current:
            held = sum(own is lane for own, _ in running.values())
            while held < lane.slots and (waiting or (alone and not held)):
                name = waiting.popleft() if waiting else alone.popleft()
                usual = pace.usual(name) if waiting else None
                running[lane.submit(name, *read(name), usual)] = lane, name
                held += 1
        wait(running, timeout=ATTENTION, return_when=FIRST_COMPLETED)
        for future, (lane, name) in list(running.items()):
            if not future.done() and lane in current:
                continue
            del running[future]
            try:
                if not future.done():
                    future.cancel()
                    raise Lost(f"{lane.name} is gone")
                result = SubmissionResult.from_json(future.result())
                if result.put_off:
                    pace.put_off(name)
                    waiting.append(name)
                else:
                    pace.took(result.seconds)
                    yield result
            except (Lost, CancelledError) as lost:
                losses[name] += 1
                if losses[name] < TRIES:
                    alone.append(name)
                else:
                    yield give_up(name, f"{lost or 'lost'}, {TRIES} times")
            except CourseError:
                raise
            except OSError as error:
                if error.errno not in MACHINE:
                    yield give_up(name, f"{type(error).__name__}: {error}"[:300])
                    continue
                advice = "What was recorded stays; mend that, and run the same command again."
                raise CourseError(f"{lane.name} cannot go on: {error}. {advice}") from error
            except Exception as error:
                yield give_up(name, f"{type(error).__name__}: {error}"[:300])
