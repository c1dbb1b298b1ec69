"""What pages of feedback were made from, so that only those are written again of which something changed.

For each student a digest is kept beside the pages, of all that they follow from: the graded notebooks and the pages
themselves (names, sizes, times), what the gradebook says (points, comments, penalty, checks, requests), whether it is
about an earlier version, the settings of the course, and this package with its libraries.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import autograder
from autograder.course import Course, digest, digest_of_json, files_of

#: what makes a page of a graded notebook, beside this package
MAKERS = ("nbgrader", "nbconvert", "nbformat", "Jinja2", "Pygments", "mistune", "beautifulsoup4", "latex2mathml")


class Written:
    """The digests of one lab, as they were kept. `said`: what to know of each student besides."""

    def __init__(self, course: Course, said: dict[str, Any]) -> None:
        self._course = course
        self._path = course.root / "feedback" / f".{course.lab}.json"
        self._said = said
        self._all = [settings(course), software()]
        try:
            self._kept: dict[str, str] = dict(json.loads(self._path.read_text()))
        except (OSError, ValueError, TypeError):  # there is none, or somebody has changed it: all is written again
            self._kept = {}

    def changed(self, students: list[str]) -> list[str]:
        """Those whose pages are not those that would be written now."""
        return [student for student in students if self._kept.get(student) != self._digest(student)]

    def keep(self, student: str) -> None:
        """The pages of this student have been written."""
        self._kept[student] = self._digest(student)

    def save(self) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(self._kept, indent=0, sort_keys=True))
        new.replace(self._path)

    def _digest(self, student: str) -> str:
        folders = self._course.autograded(student), self._course.feedback(student)
        return digest_of_json([self._all, self._said.get(student), [seen(folder) for folder in folders]])


def settings(course: Course) -> str:
    """nbgrader's settings as text, without the addresses of functions in them."""
    return re.sub(
        r" at 0x[0-9a-f]+", "", repr(sorted((name, sorted(own.items())) for name, own in course.config().items()))
    )


def seen(folder: Path) -> list[tuple[str, int, int]]:
    """The files in a folder: name, size, time of change in nanoseconds."""
    try:
        with os.scandir(folder) as files:
            states = [(file.name, file.stat(follow_symlinks=False)) for file in files]
    except FileNotFoundError:
        return []
    return sorted((name, state.st_size, state.st_mtime_ns) for name, state in states)


@cache
def software() -> str:
    """A digest of this package, and of the versions of the libraries that make a page."""
    home = Path(autograder.__file__).parent
    own = [digest(path.read_bytes()) for path in files_of(home)]
    return digest_of_json([own, [version(name) for name in MAKERS]])
