"""Reading the folder of a submission: bytes by path, with limits, and a reason for whatever is not read."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.intake.read import MAX_FILE

MAX_ENTRIES = 2_000
MAX_DEPTH = 8
MAX_TOTAL = 400_000_000  # bytes
#: names of what may hold notebooks; whether it does is told by the content
READ = re.compile(r"\.ipynb|\.(py|md|txt|json|zip|gz|tgz|tar|xz|bz2|7z|rar)$|^[^.]+$", re.IGNORECASE)
OURS = ("timestamp.txt", "late.txt")  # written when submissions are collected


@dataclass
class HandedIn:
    """The files of one submission by path, and why others were left out. Plain data, for other processes."""

    files: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def read_folder(folder: Path) -> HandedIn:
    """Read what may hold notebooks. Links are not followed, devices not opened."""
    result = HandedIn()
    total = entries = 0
    waiting = [(folder, "", 0)]
    while waiting:
        place, prefix, depth = waiting.pop()
        for entry in sorted(scan(place), key=lambda entry: entry.name):
            entries += 1
            path = prefix + entry.name.encode(errors="replace").decode()
            if entries > MAX_ENTRIES:
                result.left_out[path] = f"comes after the first {MAX_ENTRIES} files, and no more are looked at"
                return result
            if not path.isprintable():
                result.left_out[path] = "has control characters in its name"
            elif entry.is_symlink():
                result.left_out[path] = "is a symbolic link, and links are not followed"
            elif entry.is_dir(follow_symlinks=False):
                if depth == MAX_DEPTH:
                    result.left_out[path] = "is a folder nested too deeply"
                else:
                    waiting.append((Path(entry.path), f"{path}/", depth + 1))
            elif not entry.is_file(follow_symlinks=False):
                result.left_out[path] = "is a device or another special file"
            elif path in OURS:
                continue
            elif not READ.search(entry.name):
                result.left_out[path] = "is neither a notebook nor a zip archive"
            elif entry.stat(follow_symlinks=False).st_size > MAX_FILE:
                result.left_out[path] = f"is larger than {MAX_FILE / 1e6:.0f} MB, the most that is read"
            else:
                data = read_file(entry.path)
                total += len(data or b"")
                if data is None:
                    result.left_out[path] = "could not be read"
                elif total > MAX_TOTAL:
                    result.left_out[path] = f"comes after the first {MAX_TOTAL / 1e6:.0f} MB, and no more is read"
                else:
                    result.files[path] = data
    return result


def scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry, _ in zip(entries, range(MAX_ENTRIES + 1))]
    except OSError:
        return []


def read_file(path: str) -> bytes | None:
    """The bytes of a regular file, without following a link that has come into its place."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            return file.read(MAX_FILE + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
