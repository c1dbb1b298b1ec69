"""What this machine has for grading, and what is missing."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import make_url

from autograder.course import Course
from autograder.sandbox import bubblewrap


def examine_machine(course: Course) -> tuple[list[str], bool]:
    """Lines for a person, and whether grading is safe and complete on this machine."""
    lines = [f"Python     {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"]
    missing = bubblewrap.missing()
    sound = missing is None
    lines.append(f"sandbox    {'bubblewrap works' if sound else missing}")
    requirements = course.home / "requirements.txt"
    if not requirements.is_file():
        lines.append(f"packages   {requirements} is missing: their versions were not compared")
    for line in requirements.read_text().splitlines() if requirements.is_file() else ():
        name, _, wanted = line.partition(";")[0].strip().partition("==")
        if not wanted or line.startswith("#"):
            continue
        try:
            found = version(name).split("+")[0]
        except PackageNotFoundError:
            found = "not installed"
        if found != wanted:
            sound = False
            lines.append(f"package    {name}: {found}, but requirements.txt asks for {wanted}")
    lines.append(f"release    {course.release if course.release.is_dir() else 'missing: run `make release`'}")
    handed_in = len(list(course.submitted.glob(f"*/{course.lab}")))
    lines.append(f"submitted  {handed_in} submissions of {course.lab}")
    lines.append(
        f"gradebook  {make_url(course.database_url).render_as_string() if course.has_gradebook else 'none yet'}"
    )
    lines.append("All is well." if sound else "Grading on this machine is not as it should be: see above.")
    return lines, sound
