"""One run over all submissions of a lab: in parallel, resumable, with one writer."""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tqdm import tqdm

from autograder.collect import all_submissions, find_submissions, read_carried, read_submission, read_timestamps
from autograder.course import (
    CellGrade,
    Course,
    CourseError,
    NotebookResult,
    SubmissionResult,
    check_masters,
    check_profiles,
    command,
    deciding_digests,
    lab_digest,
    read_notebook,
    sandbox_level,
    sandbox_limits,
    submission_digest,
    time_limits,
)
from autograder.dispatch import Lanes, Setting, dispatch, open_lanes
from autograder.grade.traces import no_trace_of_nothing
from autograder.record import VERSION, OldGrades, Writer, only_run, out_of_date, read_old_grades
from autograder.release import generate
from autograder.sandbox import FULL, missing


@dataclass
class Counts:
    """What a run did."""

    graded: int = 0
    unchanged: int = 0
    needs_person: int = 0
    failed: int = 0
    #: what is wrong with times of handing in, in lines
    refused_times: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.graded} graded, {self.unchanged} unchanged, {self.needs_person} need a person, {self.failed} failed"
        )


def autograde(
    course: Course,
    jobs: int | None = None,
    level: str | None = None,
    student: str | None = None,
    scheduler: str | None = None,
    again: bool = False,
) -> Counts:
    """Grade what was handed in and is not recorded yet; with `again`, what is recorded, too. `student` restricts the
    run to one.

    `level` is that of the protection, if not the course's own. `scheduler` is the address of a Dask cluster; without
    it, `jobs` submissions at a time are graded here.
    """
    ready_to_grade(course)
    students = find_submissions(course, student)
    seed = secrets.token_hex(8)
    with only_run(course), no_trace_of_nothing(course), ExitStack() as stack:
        lanes: Lanes | None = None
        jobs = 1 if student is not None else jobs
        if not course.has_gradebook or student is not None:  # something is to be graded: warm up while that is read
            lanes = stack.enter_context(lanes_for(course, seed, jobs, level, scheduler))
        writer = stack.enter_context(Writer(course))
        prepare_gradebook(course, writer)
        seed = writer.note("seed") or seed
        writer.set_note("seed", seed)
        stale = set(students if again else out_of_date(course, writer, students))
        todo = [name for name in students if name in stale or not course.autograded(name).is_dir()]
        refused = all_submissions(course)[1] if student is None else {}
        times, refused_times = read_timestamps(course, students)
        counts = Counts(unchanged=len(students) - len(todo), failed=len(refused), refused_times=refused_times)
        if todo:
            lanes = lanes or stack.enter_context(lanes_for(course, seed, jobs, level, scheduler))
            deciding = deciding_digests(course)
            for result in progress(examine(course, lanes, todo, seed), todo):
                if result.digest:
                    result.digest = submission_digest(result.digest, deciding, seed + VERSION, result.missing)
                store_notebooks(course, result)
                writer.record(result, times.get(result.student))
                failed = any(book.status == "failed" for book in result.notebooks)
                counts.failed += failed
                counts.graded += not failed
        gone = read_old_grades(course, writer).gone if student is None else []
        lines = [*OldGrades(gone, []).lines(), *refused_times, *writer.apply_late_rules()]
        for line in dict.fromkeys(lines):
            print(line, file=sys.stderr)
        counts.needs_person = len(writer.waiting() & set(students))
    return counts


def ready_to_grade(course: Course) -> None:
    """CourseError unless masters and release are there as grading needs them."""
    check_masters(course)
    if not course.release.is_dir():
        raise CourseError(f"release/{course.lab} is missing: run `{command('release', course)}` first.")
    check_profiles(course)


def prepare_gradebook(course: Course, writer: Writer) -> None:
    """Bring the masters into the gradebook, if it does not have them as they are now."""
    if writer.note("masters") == lab_digest(course):
        return
    if writer.has_submissions():
        raise CourseError(
            f"source/{course.lab} changed since submissions were graded: `{command('release', course)}` shows what "
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
        for name, data in read_carried(course, result.student).items():
            (new / name).write_bytes(data)
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
    course: Course, seed: str, jobs: int | None, level: str | None, scheduler: str | None = None
) -> AbstractContextManager[Lanes]:
    """Where the submissions of a course are to be examined. CourseError if its level cannot be had here.

    `level` is what was asked for, None for that of the course. A level is never lowered in silence.
    """
    config = course.config()
    chosen = sandbox_level(config, level)
    if scheduler is None and (lack := missing(chosen)):
        raise CourseError(f"{lack} Without it a submission could read and change anything here; --unsafe goes on.")
    if chosen != FULL:
        print(f"Grading at the level {chosen}: what it does not stop stands in docs/where.md.", file=sys.stderr)
    setting = Setting(course, seed, time_limits(config), sandbox_limits(config), chosen)
    return open_lanes(setting, jobs, scheduler)


def examine(course: Course, lanes: Lanes, students: list[str], seed: str) -> Iterator[SubmissionResult]:
    """Examine submissions, and yield each result as it comes."""
    give_up = partial(given_up, course, seed)
    return dispatch(lanes, students, partial(read_submission, course), give_up)


def examine_all(
    course: Course, students: list[str], seed: str, jobs: int | None, level: str | None
) -> Iterator[SubmissionResult]:
    """Examine submissions on this machine, and record nothing."""
    ready_to_grade(course)
    with lanes_for(course, seed, jobs, level) as lanes:
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
