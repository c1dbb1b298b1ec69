"""What a release knows of the plain test cells of its lab: how each runs, and what crosses the wall for it.

A plain test cell is one of nbgrader's ordinary style, which does not end in the score of labtools' `Checks`. Its
profile stands in hidden/<lab>/profiles.json, beside the judges.
"""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from autograder.course.course import Course, CourseError, command
from autograder.course.digests import PROFILES, digest

BEHIND, BESIDE = "behind", "beside"


@dataclass
class Profile:
    """One plain test cell: on which side of the wall it runs, and what the master's own run needed there."""

    way: str = BEHIND
    reason: str = ""  # why it runs beside the student's code
    #: kinds of stand-ins that the student's code may offer: function, class, instance, iterator, module
    kinds: list[str] = field(default_factory=list)
    #: what is asked of stand-ins themselves, such as "eq" or "len"
    operations: list[str] = field(default_factory=list)
    source: str = ""  # digest of the cell
    blank: float = 0.0  # points that it gives while nothing is written
    fails: str = ""  # what it says of the master's own solution, if that does not pass


#: Lines of IPython that decide nothing.
HARMLESS = re.compile(r"^\s*%(matplotlib|config|load_ext|reload_ext|autoreload)\b.*$", re.MULTILINE)


def is_python(source: str) -> bool:
    """Whether a test cell is Python, with no more of IPython's own lines than those that decide nothing."""
    try:
        ast.parse(HARMLESS.sub("pass", source))
    except (SyntaxError, ValueError):
        return False
    return True


def is_plain(source: str) -> bool:
    """Whether a test cell is an ordinary one of nbgrader's: it makes no `Checks` whose score is its last word."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # with a magic
        return True
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in called}
    return "Checks" not in names


def profiles_path(course: Course) -> Path:
    return course.hidden / PROFILES


def read_profiles(course: Course) -> dict[str, Profile]:
    """The profiles of a lab, by "notebook/grade id". Empty if it has none."""
    path = profiles_path(course)
    if not path.is_file():
        return {}
    try:
        return {name: Profile(**each) for name, each in json.loads(path.read_text()).items()}
    except (ValueError, TypeError, AttributeError):
        raise CourseError(f"{path} cannot be read: run `{command('release', course)}`.") from None


def write_profiles(course: Course, profiles: dict[str, Profile]) -> None:
    """Keep the profiles. A lab without plain test cells has no such file."""
    path = profiles_path(course)
    if profiles:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({name: asdict(each) for name, each in profiles.items()}, sort_keys=True) + "\n")
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def with_profiles(course: Course, profiles: dict[str, Profile]) -> Iterator[Callable[[], None]]:
    """Inside, a lab has these profiles, on which scores depend; afterwards what it had, unless the new ones are kept.

    Yields what keeps them.
    """
    path = profiles_path(course)
    before = path.read_bytes() if path.is_file() else None
    kept: list[bool] = []
    write_profiles(course, profiles)
    try:
        yield lambda: kept.append(True)
    finally:
        if not kept and before is not None:
            path.write_bytes(before)
        elif not kept:
            path.unlink(missing_ok=True)


def forgeable(course: Course) -> list[tuple[str, str, str]]:
    """The test cells that run beside the student's code, so that what they say can be forged: notebook, cell, why."""
    beside = {name: each for name, each in read_profiles(course).items() if each.way == BESIDE}
    return [(name.split("/")[0], name.split("/", 1)[1], each.reason) for name, each in beside.items()]


def profile_of(course: Course, profiles: dict[str, Profile], notebook: str, cell: str, source: str) -> Profile:
    """The profile of a cell. CourseError if there is none for this source."""
    found = profiles.get(f"{notebook}/{cell}")
    if found is None or found.source != digest(source.encode()):
        raise CourseError(
            f"The test cell {cell} of {notebook} was written or changed after the release: "
            f"run `{command('release', course)}`."
        )
    return found
