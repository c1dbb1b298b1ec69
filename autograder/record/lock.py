"""One run at a time: the lock of a course."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from autograder.course import Course, CourseError


@contextlib.contextmanager
def only_run(course: Course) -> Iterator[None]:
    """Hold the course's lock. It is gone with the process, however that ends."""
    try:
        lock = open(course.root / ".autograde.lock", "w")  # noqa: SIM115
    except OSError as error:
        raise CourseError(f"Nothing can be written in {course.root}: {error.strerror}.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CourseError(f"Another run is grading {course.root}: wait for it, or stop it.") from None
        yield
