"""One run over all submissions of a lab: in parallel, resumable, with one writer."""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tqdm import tqdm

from autograder.collect import all_submissions, find_submissions, read_submission, read_timestamp
from autograder.course import (
    CellGrade,
    Course,
    CourseError,
    NotebookResult,
    SubmissionResult,
    deciding_digests,
    lab_digest,
    read_notebook,
    sandbox_limits,
    submission_digest,
    time_limits,
)
from autograder.dispatch import Lanes, Setting, dispatch, open_lanes
from autograder.record import VERSION, Writer, only_run, out_of_date
from autograder.release import generate
from autograder.sandbox import bubblewrap


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


def autograde(
    course: Course,
    jobs: int | None = None,
    unsafe: bool = False,
    student: str | None = None,
    scheduler: str | None = None,
) -> Counts:
    """Grade what was handed in and is not recorded yet. `student` restricts the run to one.

    `scheduler` is the address of a Dask cluster; without it, `jobs` submissions at a time are graded here.
    """
    students = find_submissions(course, student)
    seed = secrets.token_hex(8)
    with only_run(course), ExitStack() as stack:
        lanes: Lanes | None = None
        if not course.has_gradebook:  # all is to be graded: warm up while the gradebook is made
            lanes = stack.enter_context(lanes_for(course, seed, jobs, unsafe, scheduler))
        writer = stack.enter_context(Writer(course))
        prepare_gradebook(course, writer)
        seed = writer.note("seed") or seed
        writer.set_note("seed", seed)
        stale = set(out_of_date(course, writer, students))
        todo = [name for name in students if name in stale or not course.autograded(name).is_dir()]
        refused = all_submissions(course)[1] if student is None else []
        counts = Counts(unchanged=len(students) - len(todo), failed=len(refused))
        if todo:
            lanes = lanes or stack.enter_context(lanes_for(course, seed, jobs, unsafe, scheduler))
            deciding = deciding_digests(course)
            for result in progress(examine(course, lanes, todo, seed), todo):
                if result.digest:
                    result.digest = submission_digest(result.digest, deciding, seed + VERSION, result.missing)
                store_notebooks(course, result)
                writer.record(result, read_timestamp(course, result.student))
                failed = any(book.status == "failed" for book in result.notebooks)
                counts.failed += failed
                counts.graded += not failed
        for line in writer.apply_late_rules():
            print(line, file=sys.stderr)
        counts.needs_person = len(writer.waiting() & set(students))
    return counts


def prepare_gradebook(course: Course, writer: Writer) -> None:
    """Bring the masters into the gradebook, if it does not have them as they are now."""
    if writer.note("masters") == lab_digest(course):
        return
    if not course.release.is_dir():
        raise CourseError(f"release/{course.lab} is missing: run `make release LAB={course.lab}` first.")
    if writer.has_submissions():
        raise CourseError(
            f"source/{course.lab} changed since submissions were graded: `make release LAB={course.lab}` shows what "
            "that changes, and carries the gradebook over."
        )
    with tempfile.TemporaryDirectory() as folder:
        generate(course, Path(folder), course.database_url)
    writer.set_note("masters", lab_digest(course))


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


def lanes_for(
    course: Course, seed: str, jobs: int | None, unsafe: bool, scheduler: str | None = None
) -> AbstractContextManager[Lanes]:
    """Where the submissions of a course are to be examined. CourseError if there is no sandbox here."""
    if scheduler is None and not unsafe and (missing := bubblewrap.missing()):
        raise CourseError(f"{missing} Without it a submission could read and change anything here; --unsafe goes on.")
    config = course.config()
    setting = Setting(course, seed, time_limits(config), sandbox_limits(config), unsafe)
    return open_lanes(setting, jobs, scheduler)


def examine(course: Course, lanes: Lanes, students: list[str], seed: str) -> Iterator[SubmissionResult]:
    """Examine submissions, and yield each result as it comes."""
    give_up = partial(given_up, course, seed)
    return dispatch(lanes, students, partial(read_submission, course), give_up)


def examine_all(
    course: Course, students: list[str], seed: str, jobs: int | None, unsafe: bool
) -> Iterator[SubmissionResult]:
    """Examine submissions on this machine, and record nothing."""
    with lanes_for(course, seed, jobs, unsafe) as lanes:
        yield from examine(course, lanes, students, seed)


def given_up(course: Course, seed: str, student: str, cause: str) -> SubmissionResult:
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
