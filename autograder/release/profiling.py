"""Profiles of plain test cells: the masters' solutions are run once through the wall, and what crosses is kept.

A test that the master's own solution does not pass there, but beside its tests, runs beside the student's code. That
follows from the master alone, never from a submission.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from autograder.course import (
    BESIDE,
    Course,
    Profile,
    SubmissionResult,
    digest,
    grade_id,
    is_plain,
    is_solution,
    is_test,
    read_notebook,
    sandbox_limits,
    solution,
    time_limits,
    tools_folder,
)
from autograder.examine import Examiner, draw_constant
from autograder.intake import HandedIn
from autograder.sandbox import LEVELS, WarmServer, missing


def make_profiles(course: Course, release: Path) -> tuple[dict[str, Profile], list[str]]:
    """The profiles of a lab's plain test cells, with a new release; and what an instructor should know, in lines.

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
            return pool.submit(record, copy, profiles).result()


def empty_profiles(course: Course) -> dict[str, Profile]:
    found = {}
    for name in course.notebooks():
        for cell in read_notebook(course.source / f"{name}.ipynb").cells:
            if is_test(cell) and is_plain(cell.source):
                found[f"{name}/{grade_id(cell)}"] = Profile(source=digest(cell.source.encode()))
    return found


def record(course: Course, profiles: dict[str, Profile]) -> tuple[dict[str, Profile], list[str]]:
    """Run the masters, and fill in the profiles."""
    import matplotlib

    matplotlib.use("agg")
    config = course.config()
    limits, lines = time_limits(config), []
    masters = [read_notebook(path) for path in sorted(course.source.glob("*.ipynb"))]
    level = next(level for level in LEVELS if not missing(level))  # our own code may run without a sandbox
    with WarmServer(course.release, sandbox_limits(config), level, tools_folder()) as server:
        constant = asyncio.run(draw_constant(masters, server.spec, limits))
        examiner = Examiner(course, "release", limits, constant, profiles)
        behind = shortfall(examiner.examine(server.spec, "master", solved(course), ""), profiles)
        for name, reason in behind.items():
            profiles[name].way, profiles[name].reason = BESIDE, reason
        if not behind:
            return profiles, []
        never = shortfall(examiner.examine(server.spec, "master", solved(course), ""), profiles)
    for name, reason in behind.items():
        book, cell = name.split("/", 1)
        if name in never:
            lines.append(f"{book}, {cell}: the master's own solution does not pass this test: {never[name]}")
        lines.append(f"{book}, {cell}: {forgeable(reason)}")
    return profiles, lines


def forgeable(reason: str) -> str:
    return f"runs beside the student's code, so what it says can be forged. Behind the wall: {reason}"


def shortfall(result: SubmissionResult, profiles: dict[str, Profile]) -> dict[str, str]:
    """The plain test cells that did not give all points, with what they say."""
    found = {}
    for book in result.notebooks:
        for name, cell in book.cells.items():
            key = f"{book.name}/{name}"
            if key in profiles and cell.points != cell.max_points:
                found[key] = "; ".join(check.message for check in cell.checks) or book.reason or "it was not run"
    return found


def solved(course: Course) -> HandedIn:
    """The release with the masters' solutions, as a submission."""
    files = {}
    for name in course.notebooks():
        answers = {
            grade_id(cell): solution(cell.source)
            for cell in read_notebook(course.source / f"{name}.ipynb").cells
            if is_solution(cell)
        }
        notebook = read_notebook(course.release / f"{name}.ipynb")
        for cell in notebook.cells:
            if is_solution(cell):
                cell.source = answers[grade_id(cell)]
        files[f"{name}.ipynb"] = nbformat.writes(notebook).encode()
    return HandedIn(files)
