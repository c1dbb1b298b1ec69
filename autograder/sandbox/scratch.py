"""How full a kernel's scratch folder is, where it is no file system of its own."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .box.limits import MIB, Limits

BLOCK = 512  # bytes: the unit of st_blocks, see stat(2)


def scratch_excess(scratch: Path, pids: list[int], limits: Limits) -> str | None:
    """Which limit of `limits` the files of a kernel are over, if any. The files that its processes hold count too."""
    space, count = 0, 0
    seen: set[tuple[int, int]] = set()
    try:
        for status in (*files_below(scratch, limits.scratch_files), *removed_files(pids)):
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                space, count = space + status.st_blocks * BLOCK, count + 1
    except OSError as error:
        return f"its folder cannot be looked at ({error.strerror})"
    if space > limits.scratch_bytes:
        return f"its files used more than {limits.scratch_bytes / MIB:.0f} MiB"
    return f"it had more than {limits.scratch_files} files" if count > limits.scratch_files else None


def files_below(folder: Path, most: int) -> Iterator[os.stat_result]:
    """What is in a folder, and in the folders in it; a little more than `most` at the most. Gone ones are left out.

    OSError for a folder that is closed, or nested too deeply for a path.
    """
    waiting, found = [str(folder)], 0
    while waiting and found <= most:
        try:
            entries = os.scandir(waiting.pop())
        except FileNotFoundError:
            continue
        with entries:
            for entry in entries:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                found += 1
                if stat.S_ISDIR(status.st_mode):
                    waiting.append(entry.path)
                yield status
                if found > most:
                    return


def removed_files(pids: list[int]) -> Iterator[os.stat_result]:
    """Files that were removed and that these processes still hold open."""
    for path in [path for pid in pids for path in open_files(pid)]:
        try:
            status = os.stat(path)
        except OSError:
            continue  # it was closed, or the process has ended
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
            yield status


def open_files(pid: int) -> list[str]:
    """Paths of the open files of a process; none when it is gone."""
    try:
        return [f"/proc/{pid}/fd/{name}" for name in os.listdir(f"/proc/{pid}/fd")]
    except OSError:
        return []
