"""Profiles of plain test cells: the masters' solutions are run once through the wall, and what crosses is kept.

A test that the master's own solution does not pass there, but beside its tests, runs beside the student's code. That
follows from the master alone, never from a submission.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from autograder.course import (
    BEHIND,
    BESIDE,
    CellGrade,
    Course,
    Profile,
    SubmissionResult,
    digest,
    grade_id,
    is_plain,
    is_python,
    is_solution,
    is_test,
    lab_packages,
    read_notebook,
    sandbox_limits,
    solution,
    time_limits,
    tools_folder,
    write_profiles,
)
from autograder.examine import Examiner, calm_libraries, draw_constant
from autograder.intake import HandedIn
from autograder.sandbox import LEVELS, WarmServer, missing


def make_profiles(course: Course, release: Path) -> tuple[dict[str, Profile], list[str]]:
    """The profiles of a lab's plain test cells, with a new release; and which cells of the masters fail, in lines.

    Empty, and at once, for a lab without such cells.
    """
    profiles = empty_profiles(course)
    if not profiles:
        return {}, []
    with tempfile.TemporaryDirectory(prefix="profiles-") as name:
        folder = Path(name)
        shutil.copytree(course.source, folder / "source" / course.lab)
        shutil.copytree(release, folder / "release" / course.lab)
        if course.hidden.is_dir():
            shutil.copytree(course.hidden, folder / "hidden" / course.lab)
        shutil.copy(course.home / "nbgrader_config.py", folder)
        copy = Course(folder, folder, course.lab)
        # In a process of its own: tests may leave anything behind in the one where they run.
        with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver")) as pool:
            profiles, broken = pool.submit(record, copy, profiles).result()
    return profiles, broken


def empty_profiles(course: Course) -> dict[str, Profile]:
    found = {}
    for name in course.notebooks():
        for cell in read_notebook(course.source / f"{name}.ipynb").cells:
            if is_test(cell) and is_plain(cell.source):
                made = found[f"{name}/{grade_id(cell)}"] = Profile(source=digest(cell.source.encode()))
                if not is_python(cell.source):
                    made.way, made.reason = BESIDE, "it holds lines that are not Python"
    return found


def record(course: Course, profiles: dict[str, Profile]) -> tuple[dict[str, Profile], list[str]]:
    """Run the masters, and fill in the profiles: once to see what crosses, once held to that, once unwritten.

    Returns them, and which cells of the masters end in an error, in lines.
    """
    packages = lab_packages(course)
    calm_libraries(packages)
    config = course.config()
    limits = time_limits(config)
    masters = [read_notebook(path) for path in sorted(course.source.glob("*.ipynb"))]
    level = next(level for level in LEVELS if not missing(level))  # our own code may run without a sandbox
    with WarmServer(course.release, sandbox_limits(config), level, tools_folder(), packages) as server:
        constant = asyncio.run(draw_constant(masters, server.spec, limits))

        broken: list[str] = []

        def examine(recorded: dict[str, Profile] | None, solved: bool) -> SubmissionResult:
            examiner = Examiner(course, "release", limits, recorded)
            result = examiner.examine(server.spec, constant, "master", handed_in(course, solved), "")
            if solved:
                broken[:] = errors_of(result)
            return result

        fill(course, profiles, examine)
    return profiles, broken


def errors_of(result: SubmissionResult) -> list[str]:
    """The cells of the masters, their tests aside, that end in an error when they are run, in lines."""
    lines = []
    for book in result.notebooks:
        for cell in nbformat.reads(result.written[book.name], 4).cells:
            for output in cell.get("outputs", []) if not is_test(cell) else ():
                if output.output_type == "error":
                    what = ": ".join(filter(None, (str(output.ename), str(output.evalue).split("\n")[0][:150])))
                    lines.append(f"{book.name}, {grade_id(cell) or cell.id}: this cell of the master ends in {what}")
    return lines


def fill(
    course: Course,
    profiles: dict[str, Profile],
    examine: Callable[[dict[str, Profile] | None, bool], SubmissionResult],
) -> None:
    """Fill in the profiles, and leave them in the course.

    `examine` grades the masters' solutions, or a submission in which nothing is written; it adds to the profiles that
    it is given, else it holds to those in the course.
    """

    def run(recorded: dict[str, Profile] | None, solved: bool = True) -> dict[str, CellGrade]:
        result = examine(recorded, solved)
        cells = {f"{book.name}/{name}": cell for book in result.notebooks for name, cell in book.cells.items()}
        return {name: cells.get(name, CellGrade(0.0, 1.0)) for name in profiles}

    behind = run(profiles)
    put_beside(profiles, behind)
    beside = run(profiles) if any(map(fault, behind.values())) else behind
    for name, profile in profiles.items():
        profile.fails = fault(beside[name])
        if profile.fails and profile.reason and (beside[name].points or 0.0) <= (behind[name].points or 0.0):
            profile.way, profile.reason = BEHIND, ""  # to run it beside the student's code gains nothing
    write_profiles(course, profiles)
    held = run(None)
    put_beside(profiles, {name: cell for name, cell in held.items() if not profiles[name].fails})
    write_profiles(course, profiles)
    blank = run(None, solved=False)
    for name, profile in profiles.items():
        profile.blank = blank[name].points or 0.0


def put_beside(profiles: dict[str, Profile], cells: dict[str, CellGrade]) -> None:
    """Have the test cells that did not pass run beside the student's code."""
    for name, cell in cells.items():
        if profiles[name].way != BESIDE and (reason := fault(cell)):
            profiles[name].way, profiles[name].reason = BESIDE, reason


def fault(cell: CellGrade) -> str:
    """What a plain test cell that did not pass says. Empty if it passed."""
    said = "; ".join(check.message for check in cell.checks if check.message)
    return said or ("" if cell.points == cell.max_points else "it was not run")


def notes(profiles: dict[str, Profile]) -> list[str]:
    """What an instructor should know of the plain test cells, in lines."""
    lines = []
    for key, profile in profiles.items():
        place = ", ".join(key.split("/", 1))
        if profile.fails:
            lines.append(f"{place}: the master's own solution does not pass this test: {profile.fails}")
        if profile.blank:
            lines.append(f"{place}: gives {profile.blank:g} points to unwritten answers")
        if profile.way == BESIDE:
            lines.append(f"{place}: {forgeable(profile.reason)}")
    return lines


def forgeable(reason: str) -> str:
    return f"runs beside the student's code, so what it says can be forged. Behind the wall: {reason}"


def handed_in(course: Course, solved: bool) -> HandedIn:
    """The release as a submission, with the masters' solutions or as it is."""
    files = {}
    for name in course.notebooks():
        answers = {
            grade_id(cell): solution(cell.source)
            for cell in read_notebook(course.source / f"{name}.ipynb").cells
            if is_solution(cell)
        }
        notebook = read_notebook(course.release / f"{name}.ipynb")
        for cell in notebook.cells:
            if solved and is_solution(cell):
                cell.source = answers[grade_id(cell)]
        files[f"{name}.ipynb"] = nbformat.writes(notebook).encode()
    return HandedIn(files)
