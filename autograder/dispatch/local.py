"""A run on this machine alone: one lane, which leads to the station here."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from autograder.course import CourseError, command
from autograder.dispatch.lanes import Lane
from autograder.dispatch.station import Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import ServerFailed


class ThisMachine:
    """`jobs` submissions at a time on this machine. It begins to warm up at once; use it as a context manager."""

    def __init__(self, setting: Setting, jobs: int) -> None:
        self._station = Station(setting, jobs)
        self._threads = ThreadPoolExecutor(jobs, "lane")
        self._threads.submit(self._station.warm_up)  # if that fails, so does the first submission, and says why
        self._lane = Lane("this machine", jobs + 1, self._submit)  # one more, so that nobody waits for its files

    def __enter__(self) -> ThisMachine:
        return self

    def __exit__(self, *exception: object) -> None:
        self._station.__exit__(*exception)
        self._threads.shutdown(cancel_futures=True)

    def now(self) -> list[Lane]:
        return [self._lane]

    def _submit(self, student: str, handed: HandedIn, digest: str, usual: float | None) -> Future[str]:
        return self._threads.submit(self._examine, student, handed, digest, usual)

    def _examine(self, student: str, handed: HandedIn, digest: str, usual: float | None) -> str:
        try:
            return self._station.examine(student, handed, digest, usual)
        except ServerFailed as error:
            raise CourseError(f"{error}. What was recorded stays; `{command('doctor')}` may tell more.") from None
