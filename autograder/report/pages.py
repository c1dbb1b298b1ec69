"""Pages of feedback written in several processes, each with nbgrader's converter, exporter and template loaded once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from autograder.course import Course

if TYPE_CHECKING:
    from autograder.report.converter import Converter

CONVERTER = "autograder.report.converter"  # the process that hands out the pages does without it
GONE = "the process that wrote the pages died"
_loaded: list[Converter] = []  # that of a process of the pool


def write_pages(course: Course, older: list[str], students: list[str], jobs: int) -> Iterator[tuple[str, str | None]]:
    """Write the pages of these students, `jobs` at a time. Yields each with why there are none, or None.

    `older` are students whose pages are about an earlier version of what they handed in. Where a process dies, what is
    not written yet is tried again in halves, so that in the end a submission takes no other with it.
    """
    lost = []
    for student, reason in in_pool(course, older, students, jobs):
        if reason == GONE and len(students) > 1:
            lost.append(student)
        else:
            yield student, reason
    middle = (len(lost) + 1) // 2
    for half in (lost[:middle], lost[middle:]):
        if half:
            yield from write_pages(course, older, half, jobs)


def in_pool(course: Course, older: list[str], students: list[str], jobs: int) -> Iterator[tuple[str, str | None]]:
    """The same, once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, CONVERTER])
    with ProcessPoolExecutor(min(jobs, len(students)), context, load, (course, older)) as pool:
        running: dict[Future[str | None], str] = {pool.submit(write, student): student for student in students}
        try:
            for future in as_completed(running):
                try:
                    yield running[future], future.result()
                except BrokenProcessPool:
                    yield running[future], GONE
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def load(course: Course, older: list[str]) -> None:
    """Begin a process of the pool."""
    from autograder.report.converter import Converter

    _loaded.append(Converter(course, older))


def write(student: str) -> str | None:
    return _loaded[0].write(student)
