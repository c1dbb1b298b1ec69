"""What this machine has for grading, and what is missing: it is found out by grading a right submission."""

from __future__ import annotations

import os
import platform
import resource
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import make_url
from traitlets.config import Config

from autograder.check import Entry, expected_points, hand_in
from autograder.course import Course, CourseError, command, requirements, sandbox_level
from autograder.dispatch import cores
from autograder.grade import examine_all
from autograder.sandbox import NONE, REDUCED, missing, weaker

NAME = "doctor"
GIB = 1 << 30
#: Hard limits that are enough for one submission at a time, with their names and units.
LIMITS = (
    (resource.RLIMIT_AS, 6 * GIB, "GiB of address space", GIB),
    (resource.RLIMIT_NPROC, 256, "processes", 1),
    (resource.RLIMIT_NOFILE, 256, "open files", 1),
    (resource.RLIMIT_FSIZE, GIB, "GiB of a file", GIB),
)


def examine_machine(course: Course | None, asked: str | None = None) -> tuple[list[str], bool]:
    """Lines for a person, and whether grading is safe and complete on this machine.

    Without a course only the machine is looked at. `asked` is a level of protection, if not the course's own.
    """
    level = sandbox_level(course.config() if course else Config(), asked)
    lines = [f"Python     {platform.python_version()}, {cores()} of {os.cpu_count()} cores, {platform.system()}"]
    lack = missing(level)
    sound = lack is None and level != NONE
    lines.append(f"sandbox    {lack or (f'the level {level} works' if sound else 'none: it is switched off')}")
    lines += [f"           {line}" for line in (weaker() if level == REDUCED and not lack else [])]
    if course and lack is None:
        if trouble := grade_one(course, level):
            sound = False
        lines.append(f"grading    {trouble or 'a right submission gets all its points'}")
    lines += low_limits()
    if course:
        wrong = [*lacking_packages(course), *wrong_packages(course)]
        lines += [*wrong, *state_of(course)]
        sound = sound and not any(line.startswith("package ") for line in wrong)
    else:
        lines.append("lab        none here: `autograder import` brings a course in, `autograder new-lab` begins one")
    lines.append("All is well." if sound else "Grading on this machine is not as it should be: see above.")
    return lines, sound


def state_of(course: Course) -> list[str]:
    """What there is of a lab."""
    handed_in = len(list(course.submitted.glob(f"*/{course.lab}")))
    gradebook = make_url(course.database_url).render_as_string() if course.has_gradebook else "none yet"
    release = course.release if course.release.is_dir() else f"missing: run `{command('release', course)}`"
    return [
        f"release    {release}",
        f"submitted  {handed_in} submissions of {course.lab}",
        f"gradebook  {gradebook}",
    ]


def lacking_packages(course: Course) -> list[str]:
    """A line for each package that the lab's requirements.txt asks for and this Python lacks."""
    asked = requirements(course.source / "requirements.txt")
    return [f"package    {name}: not installed, but source/{course.lab}/requirements.txt asks for it"
            for name in asked if not is_installed(name)]  # fmt: skip


def is_installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def grade_one(course: Course, level: str) -> str | None:
    """Grade the masters' own solutions, record nothing. Returns what is not as it should be, in one line."""
    if not course.release.is_dir():
        return f"not tried: release/{course.lab} is missing"
    with tempfile.TemporaryDirectory() as folder:
        own = Course(course.home, Path(folder), course.lab)
        entry = Entry(NAME, "")
        try:
            hand_in(entry, own)
            (result,) = examine_all(own, [NAME], NAME, 1, level)
        except (CourseError, OSError) as error:
            return str(error)
    for book in result.notebooks:
        if book.status != "graded":
            return f"{book.name}: {book.reason}"
    points = {name: cell.points for book in result.notebooks for name, cell in book.cells.items()}
    lost = [name for name, full in expected_points(entry, course).items() if points.get(name) != full]
    return f"a right submission loses points in {', '.join(lost)}" if lost else None


def low_limits() -> list[str]:
    """A line where hard limits of this shell are below what grading usually takes."""
    low = []
    for kind, enough, name, unit in LIMITS:
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY and hard < enough:
            low.append(f"{hard / unit:g} {name}")
    if not low:
        return []
    return [
        f"limits     low, and taken as they are: {', '.join(low)}. If grading fails, raise them: ulimit -H, limits.conf"
    ]


def wrong_packages(course: Course) -> list[str]:
    """A line for each package whose version is another than the one in requirements.txt."""
    requirements = course.home / "requirements.txt"
    if not requirements.is_file():
        return [f"packages   {requirements} is missing: their versions were not compared"]
    lines = []
    for line in requirements.read_text().splitlines():
        name, _, wanted = line.partition(";")[0].strip().partition("==")
        if not wanted or line.startswith("#"):
            continue
        try:
            found = version(name).split("+")[0]
        except PackageNotFoundError:
            found = "not installed"
        if found != wanted:
            lines.append(f"package    {name}: {found}, but requirements.txt asks for {wanted}")
    return lines
