"""How fast is the writer, and how much memory does it take? Results made in advance are dispatched and recorded."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import psutil

from autograder.check.bank import Entry, hand_in
from autograder.collect import read_submission
from autograder.course import Course, SubmissionResult, open_course, use_own_commands
from autograder.dispatch.lanes import Lane, dispatch
from autograder.grade.run import examine, lanes_for, prepare_gradebook, store_notebooks
from autograder.intake import HandedIn
from autograder.record import Writer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--number", type=int, default=1000, help="results (default: %(default)s)")
    options = parser.parse_args()
    use_own_commands()
    record_many(open_course(options.lab), options.number)


class Prepared:
    """A lane that gives a result made in advance for whatever it gets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lane = Lane("prepared", 3, self._submit)

    def now(self) -> list[Lane]:
        return [self._lane]

    def _submit(self, student: str, handed: HandedIn, digest: str) -> Future[str]:
        future: Future[str] = Future()
        future.set_result(self._text.replace("s-made", student))
        return future


def record_many(home: Course, number: int) -> None:
    """Dispatch and record results made in advance; print the writer's rate and this process's memory."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(home.home, Path(folder), home.lab)
        hand_in(Entry("s-made", ""), course)
        with lanes_for(course, "0", 1, None) as own:
            (made,) = examine(course, own, ["s-made"], "0")
        names = [f"s{each:06}" for each in range(number)]
        for name in names:
            course.submission(name).mkdir(parents=True)
            for path in course.submission("s-made").glob("*.ipynb"):
                os.link(path, course.submission(name) / path.name)
        lanes = Prepared(made.to_json(whole=True))
        process = psutil.Process()
        peak = seconds = 0.0
        with Writer(course) as writer:
            prepare_gradebook(course, writer)
            started, cpu = time.perf_counter(), time.process_time()
            for result in dispatch(lanes, names, partial(read_submission, course), no_reason):
                begin = time.perf_counter()
                store_notebooks(course, result)
                writer.record(result, None)
                seconds += time.perf_counter() - begin
                peak = max(peak, process.memory_info().rss / 1e6)
        wall = time.perf_counter() - started
        used = time.process_time() - cpu
        print(
            f"writer, {number} results: {number / seconds:.0f} a second ({seconds / number * 1000:.1f} ms each), with "
            f"reading and dispatching {number / wall:.0f} a second, {used / number * 1000:.1f} ms "
            f"of CPU each; the client's memory at most {peak:.0f} MB; the gradebook has "
            f"{course.gradebook.stat().st_size / number / 1000:.0f} kB a submission",
            flush=True,
        )


def no_reason(student: str, cause: str) -> SubmissionResult:
    raise RuntimeError(f"{student}: {cause}")


if __name__ == "__main__":
    main()
