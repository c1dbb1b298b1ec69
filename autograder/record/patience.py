"""Waiting for a gradebook that another program has locked: a browser of SQLite files, a copy, a network disk."""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from autograder.course import CourseError

PATIENCE = 600.0  # seconds
PAUSE = 0.5  # seconds between two attempts; each waits for SQLite's own five seconds besides
T = TypeVar("T")


def patiently(attempt: Callable[[], T], undo: Callable[[], None] = lambda: None) -> T:
    """Do something with the gradebook as soon as nobody else has locked it. `undo` is called before another attempt.

    CourseError if that takes longer than PATIENCE, and where the machine's disk is what is in the way.
    """
    until = time.monotonic() + PATIENCE
    told = False
    while True:
        try:
            return attempt()
        except OperationalError as error:
            undo()
            if "locked" not in str(error.orig):
                raise CourseError(
                    f"The gradebook cannot be used: {error.orig}. What was recorded stays; mend that, and run the same "
                    "command again."
                ) from None
        if time.monotonic() > until:
            raise CourseError(
                f"The gradebook was locked by another program for {PATIENCE / 60:.0f} minutes. Close what uses it, and "
                "run the same command again: what was recorded stays."
            )
        if not told:
            print("The gradebook is locked by another program: waiting for it.", file=sys.stderr)
            told = True
        time.sleep(PAUSE)


def patient(method: Callable[..., T]) -> Callable[..., T]:
    """Decorator: a method of the Writer that may be done again from its beginning, when the gradebook was locked."""

    @functools.wraps(method)
    def waiting(self: Any, *given: Any) -> T:
        return patiently(lambda: method(self, *given), self.undo)

    return waiting
