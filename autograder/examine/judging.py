"""Checks on our side, each with an end: what they make of a student's replies must not cost the run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from autograder.examine.deadline import Deadline, TookTooLong, own_time
from autograder.intake import memory_limit

from labtools import CheckFailed, Checks

SECONDS = 3.0  # of our own CPU time for one check; the student's code has its own limits


@contextlib.contextmanager
def judging() -> Iterator[Callable[[Checks], None]]:
    """Inside, checks run with a limit of memory. Yields what gives each of some checks its end of time.

    A check that comes to this end, or needs too much memory, fails, and the others go on.
    """
    with memory_limit(), Deadline(own_time()) as deadline:

        def limited(check: Callable[[], None]) -> Callable[[], None]:
            def run() -> None:
                try:
                    with deadline.limit(SECONDS):
                        check()
                except TookTooLong:
                    raise CheckFailed(f"Checking what your code gave took longer than {SECONDS:g} seconds.") from None
                except (MemoryError, RuntimeError) as error:
                    if isinstance(error, RuntimeError) and "can't allocate memory" not in str(error):
                        raise
                    raise CheckFailed("Checking what your code gave took too much memory.") from None

            return run

        def limit(checks: Checks) -> None:
            checks.checks = [(name, weight, limited(check)) for name, weight, check in checks.checks]

        yield limit
