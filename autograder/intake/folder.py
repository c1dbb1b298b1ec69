"""Reading the folder of a submission: bytes by path, with limits, and a reason for whatever is not read."""

from __future__ import annotations

import itertools
import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake.read import MAX_FILE
from autograder.intake.wanted import LEFT_ALONE, MAX_BYTES, MAX_DEPTH, MAX_FILES, NEVER, READ, is_environment, turn

MAX_ENTRIES = 20_000  # files and folders that are looked at, to choose those that are read
OURS = ("timestamp.txt", "late.txt")  # written when submissions are collected


@dataclass
class HandedIn:
    """The files of one submission by path, and why others were left out. Plain data, for other processes."""

    files: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def read_folder(folder: Path) -> HandedIn:
    """Read what may hold notebooks, notebooks first. Links are not followed, devices not opened."""
    result = HandedIn()
    total = 0
    found = look_through(folder, result.left_out)
    for number, path in enumerate(sorted(found, key=turn)):
        entry = found[path]
        size = size_of(entry)
        if number >= MAX_FILES:
            result.left_out[path] = f"comes after the first {MAX_FILES} files, and no more are read"
        elif size > MAX_FILE:
            result.left_out[path] = f"is larger than {MAX_FILE / 1e6:.0f} MB, the most that is read"
        elif total + size > MAX_BYTES:
            result.left_out[path] = f"comes after the first {MAX_BYTES / 1e6:.0f} MB, and no more is read"
        elif (data := read_file(entry.path)) is None:
            result.left_out[path] = "could not be read"
        else:
            total += len(data)
            result.files[path] = data
    return result


def look_through(folder: Path, left_out: dict[str, str]) -> dict[str, os.DirEntry[str]]:
    """The files of a folder that may hold notebooks, by path, those that lie higher up first."""
    found: dict[str, os.DirEntry[str]] = {}
    waiting = deque([(str(folder), "", False)])
    seen = 0
    while waiting:
        place, prefix, in_environment = waiting.popleft()
        entries = scan(place)
        in_environment = in_environment or is_environment("", [entry.name for entry in entries])
        for entry in entries:
            seen += 1
            path = prefix + entry.name.encode(errors="replace").decode()
            if seen > MAX_ENTRIES:
                left_out[path] = f"comes after the first {MAX_ENTRIES} files, and no more are looked at"
                return found
            if not path.isprintable():
                left_out[path] = "has control characters in its name"
            elif entry.is_symlink():
                left_out[path] = "is a symbolic link, and links are not followed"
            elif entry.is_dir(follow_symlinks=False):
                if in_environment or entry.name.lower() in NEVER:
                    left_out[path] = LEFT_ALONE
                elif path.count("/") == MAX_DEPTH:
                    left_out[path] = "is a folder nested too deeply"
                else:
                    waiting.append((entry.path, f"{path}/", is_environment(entry.name, ())))
            elif not entry.is_file(follow_symlinks=False):
                left_out[path] = "is a device or another special file"
            elif path in OURS:
                continue
            elif not READ.search(entry.name):
                left_out[path] = "is neither a notebook nor a zip archive"
            else:
                found[path] = entry
    return found


def scan(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder, by name; of one with too much in it some."""
    try:
        with os.scandir(folder) as entries:
            some = list(itertools.islice(entries, MAX_ENTRIES + 1))
    except OSError:
        return []
    return sorted(some, key=lambda entry: (not entry.name.lower().endswith(".ipynb"), entry.name))


def size_of(entry: os.DirEntry[str]) -> int:
    """The size of a file; 0 when it is gone."""
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def read_file(path: str) -> bytes | None:
    """The bytes of a regular file, without following a link that has come into its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            return file.read(MAX_FILE + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
