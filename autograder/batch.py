"""One run over all submissions of a lab: in parallel, resumable, with one writer."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import multiprocessing
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path

from nbgrader.utils import parse_utc
from tqdm import tqdm

from autograder.course import Course, CourseError
from autograder.digests import deciding_digests, lab_digest, submission_digest
from autograder.generate import generate
from autograder.intake import read_folder
from autograder.limits import sandbox_limits, time_limits
from autograder.masters import read_notebook
from autograder.record import Writer, only_run
from autograder.results import CellGrade, NotebookResult, SubmissionResult
from autograder.sandbox import bubblewrap
from autograder.sandbox.warm import WarmServer
from autograder.worker import examine_one, start_worker

VERSION = "2"  # of what this package makes of a submission: raise it when scores may change
TRIES = 2  # times that a submission is given to a worker that dies


@dataclass
class Counts:
    """What a run did."""

    graded: int = 0
    unchanged: int = 0
    needs_person: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return (
            f"{self.graded} graded, {self.unchanged} unchanged, {self.needs_person} need a person, {self.failed} failed"
        )


def autograde(course: Course, jobs: int | None = None, unsafe: bool = False, student: str | None = None) -> Counts:
    """Grade what was handed in and is not recorded yet. `student` restricts the run to one."""
    students = find_submissions(course, student)
    with only_run(course), Writer(course) as writer:
        prepare_gradebook(course, writer)
        seed = writer.note("seed") or secrets.token_hex(8)
        writer.set_note("seed", seed)
        stale = set(out_of_date(course, writer, students))
        todo = [name for name in students if name in stale or not course.autograded(name).is_dir()]
        counts = Counts(unchanged=len(students) - len(todo))
        if todo:
            deciding = deciding_digests(course)
            digests = {name: handed_in_digest(course, name) for name in todo}
            for result in progress(examine_all(course, digests, seed, jobs, unsafe), todo):
                if result.digest:
                    result.digest = submission_digest(result.digest, deciding, seed + VERSION, result.missing)
                store_notebooks(course, result)
                writer.record(result, read_timestamp(course, result.student))
                failed = any(book.status == "failed" for book in result.notebooks)
                counts.failed += failed
                counts.graded += not failed
        for line in writer.apply_late_rules():
            print(line, file=sys.stderr)
        submissions = writer.submissions()
        counts.needs_person = sum(bool(submissions[name].needs_manual_grade) for name in students)
    return counts


def find_submissions(course: Course, student: str | None = None) -> list[str]:
    """The students who handed the lab in. CourseError where there is none, or not the one asked for."""
    if student is not None and not course.submission(student).is_dir():
        raise CourseError(f"{course.submission(student)} does not exist: check STUDENT and LAB.")
    folders = sorted(path for path in course.submitted.glob("*") if path.is_dir())
    for path in folders:
        if not (path / course.lab).is_dir():
            print(f"submitted/{path.name} has no folder {course.lab}: left out", file=sys.stderr)
    found = [path.name for path in folders if (path / course.lab).is_dir() and student in (None, path.name)]
    if not found:
        raise CourseError(f"There is nothing to grade: put notebooks into {course.submitted}/<student>/{course.lab}/.")
    return found


def prepare_gradebook(course: Course, writer: Writer) -> None:
    """Bring the masters into the gradebook, if it does not have them as they are now."""
    if writer.note("masters") == lab_digest(course.source):
        return
    if not course.release.is_dir():
        raise CourseError(f"release/{course.lab} is missing: run `make release LAB={course.lab}` first.")
    if writer.submissions():
        raise CourseError(
            f"source/{course.lab} changed since submissions were graded: `make release LAB={course.lab}` shows what "
            "that changes, and carries the gradebook over."
        )
    with tempfile.TemporaryDirectory() as folder:
        generate(course, Path(folder), course.database_url)
    writer.set_note("masters", lab_digest(course.source))


def handed_in_digest(course: Course, student: str) -> str:
    """What was handed in."""
    total = hashlib.sha256()
    handed = read_folder(course.submission(student))
    for path, data in sorted(handed.files.items()):
        total.update(f"{path}\0{len(data)}\0".encode())
        total.update(data)
    total.update(repr(sorted(handed.left_out.items())).encode())
    return total.hexdigest()


def out_of_date(course: Course, writer: Writer, students: list[str]) -> list[str]:
    """The students whose submission is not graded as it is now, under the tests as they are now."""
    known, missing = writer.digests(), writer.missing_notebooks()
    deciding, seed = deciding_digests(course), (writer.note("seed") or "") + VERSION
    return [
        name
        for name in students
        if known.get(name)
        != submission_digest(handed_in_digest(course, name), deciding, seed, missing.get(name, set()))
    ]


def not_graded(course: Course, writer: Writer) -> list[str]:
    """The students who handed in what is not graded as it is now."""
    students = [path.parent.name for path in sorted(course.submitted.glob(f"*/{course.lab}")) if path.is_dir()]
    return out_of_date(course, writer, students)


def read_timestamp(course: Course, student: str) -> datetime.datetime | None:
    """When the lab was handed in, from nbgrader's timestamp.txt, if that is there and can be read."""
    path = course.submission(student) / "timestamp.txt"
    with contextlib.suppress(OSError, ValueError, OverflowError):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 200:
            return parse_utc(path.read_text().strip())
    return None


def store_notebooks(course: Course, result: SubmissionResult) -> None:
    """Put the graded notebooks into autograded/, whole: written beside it, then swapped."""
    target = course.autograded(result.student)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        new = Path(folder) / "new"
        new.mkdir()
        for name, text in result.written.items():
            (new / f"{name}.ipynb").write_text(text)
        if target.exists():
            target.rename(Path(folder) / "old")
        new.rename(target)


def progress(results: Iterator[SubmissionResult], todo: list[str]) -> Iterator[SubmissionResult]:
    """Show how far the run is, and how long it will still take."""
    with tqdm(total=len(todo), desc="grading", unit="submission", disable=None) as bar:
        for result in results:
            bar.set_postfix_str(result.student)
            bar.update()
            yield result


# ---------------------------------------------------------------------- examining in other processes


def examine_all(
    course: Course, digests: dict[str, str], seed: str, jobs: int | None, unsafe: bool
) -> Iterator[SubmissionResult]:
    """Examine submissions in a pool of processes, and yield each result as it comes.

    A submission whose worker dies is tried again in a new pool, then given up with a reason. Only a few
    submissions are in memory at a time.
    """
    if not unsafe and (missing := bubblewrap.missing()):
        raise CourseError(f"{missing} Without it a submission could read and change anything here; --unsafe goes on.")
    workers = jobs or os.cpu_count() or 1
    tries = dict.fromkeys(digests, 0)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.worker", "torch"])
    forkserver.ensure_running()  # it warms up while the kernels' server does
    with WarmServer(course.release, sandbox_limits(course.config()), unsafe) as server:
        while tries:
            setting = (course.source, course.release, seed, time_limits(course.config()), server.spec)
            with ProcessPoolExecutor(workers, context, initializer=start_worker, initargs=setting) as pool:
                waiting = iter(sorted(tries, key=lambda name: tries[name]))
                running: dict[Future[SubmissionResult], str] = {}
                try:
                    while True:
                        while len(running) < workers + 1 and (name := next(waiting, None)) is not None:
                            handed = read_folder(course.submission(name))
                            running[pool.submit(examine_one, name, handed, digests[name])] = name
                        if not running:
                            break
                        done, _ = wait(running, return_when=FIRST_COMPLETED)
                        for future in done:
                            name = running[future]
                            try:
                                result = future.result()
                            except (BrokenProcessPool, CourseError):
                                raise
                            except Exception as error:  # ours to mend, and no reason to stop the others
                                result = given_up(course, name, seed, f"{type(error).__name__}: {error}"[:300])
                            del running[future], tries[name]
                            yield result
                except BrokenProcessPool:
                    for name in running.values():
                        tries[name] += 1
            for name in [name for name, count in tries.items() if count >= TRIES]:
                del tries[name]
                yield given_up(course, name, seed, f"its process died {TRIES} times")


def given_up(course: Course, student: str, seed: str, cause: str) -> SubmissionResult:
    """The result of a submission that could not be examined: a person has to look, and the next run tries again."""
    result = SubmissionResult(student, seed, digest="")
    for name in course.notebooks():
        reason = f"Grading came to no result ({cause}). A person has to look at this notebook."
        book = NotebookResult(name, status="failed", reason=reason)
        for cell in read_notebook(course.source / f"{name}.ipynb").cells:
            if "points" in cell.metadata.get("nbgrader", {}):
                book.cells[cell.metadata.nbgrader.grade_id] = CellGrade(0.0, cell.metadata.nbgrader.points)
        result.notebooks.append(book)
        result.written[name] = (course.release / f"{name}.ipynb").read_text()
    return result
