"""Which files of a submission are looked at, and in which order: notebooks first, environments and caches never."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

MAX_DEPTH = 20  # folders in folders
MAX_FILES = 2_000  # that are read of one submission
MAX_BYTES = 400_000_000  # of those files, archives unpacked
LEFT_ALONE = "is an environment, a cache or the like, and is not looked into"

#: names of what may hold notebooks; whether it does is told by the content
READ = re.compile(r"\.ipynb|\.(py|md|txt|json|zip|gz|tgz|tar|xz|bz2|7z|rar)$|^[^.]+$", re.IGNORECASE)
#: folders that programs make, which hold nothing of the student's
NEVER = frozenset(
    ["__macosx", "__pycache__", "node_modules", "site-packages", ".git", ".hg", ".svn", ".cache", ".idea", ".vscode"]
    + [".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".virtual_documents", ".trash"]
)
#: An environment is told by its name or by what it has at its top. Its folders are not looked into, but the files
#: beside them are: some make the environment in the very folder that they work in.
ENVIRONMENTS = frozenset(["venv", ".venv", "env", ".env"])
MARKS = frozenset(["pyvenv.cfg", "conda-meta"])


def is_environment(name: str, inside: Iterable[str]) -> bool:
    """Whether a folder of this name, with files and folders of these names in it, is an environment of Python."""
    return name.lower() in ENVIRONMENTS or not MARKS.isdisjoint(inside)


def environments(paths: Iterable[str]) -> set[str]:
    """The folders of an archive that are environments by what is in them."""
    found = set()
    for path in paths:
        for mark in MARKS:
            place, there, _ = f"/{path}".partition(f"/{mark}")
            if there:
                found.add(place.strip("/"))
    return found


def folder_left_alone(path: str, known: set[str]) -> str:
    """The folder on the way to a file of an archive that is not looked into, or the empty text.

    `known`: see `environments`.
    """
    place = name = ""
    for below in path.split("/", MAX_DEPTH + 1)[:-1]:
        in_environment = place in known or name.lower() in ENVIRONMENTS
        place, name = f"{place}/{below}" if place else below, below
        if in_environment or name.lower() in NEVER or place.count("/") == MAX_DEPTH:
            return place
    return ""


def turn(path: str) -> tuple[bool, int, str]:
    """When it is a file's turn: notebooks first, then what lies higher up."""
    return ".ipynb" not in PurePosixPath(path).name.lower(), path.count("/"), path
