"""A control group for each kernel, where one can be had: there all memory counts, shared memory and sockets too.

Root can make one, and who runs in a group that was delegated to them (as systemd does for a desktop's programs).
Elsewhere the filter on system calls, limits for each process and the watchdog have to do. See cgroups(7).
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Files:
    """What a version of control groups calls its files: the limits, and where it counts what it killed."""

    limit: str
    swap: str  # not there where swap is not counted
    swap_on_top: bool  # whether its limit is for swap alone
    events: str


VERSION_1 = Files("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", False, "memory.oom_control")
VERSION_2 = Files("memory.max", "memory.swap.max", True, "memory.events")
NAME = "autograder-{pid}-{number}"
_numbers = itertools.count(1)


class Cgroup:
    """The control group of one kernel."""

    def __init__(self, folder: Path, files: Files) -> None:
        self._folder = folder
        self._files = files

    def limit(self, memory_bytes: int) -> None:
        """Set the limit of memory, swap included. OSError where that cannot be done."""
        (self._folder / self._files.limit).write_text(str(memory_bytes))
        with contextlib.suppress(OSError):
            (self._folder / self._files.swap).write_text("0" if self._files.swap_on_top else str(memory_bytes))

    def add(self, pid: int) -> None:
        """Put a process into the group, with all that it will start. What it has already counts elsewhere."""
        (self._folder / "cgroup.procs").write_text(str(pid))

    def over_limit(self) -> bool:
        """Whether Linux has ended a process of the group for its memory."""
        try:
            lines = (self._folder / self._files.events).read_text().splitlines()
        except OSError:
            return False
        return any(line.split()[0] == "oom_kill" and line.split()[1] != "0" for line in lines)

    def remove(self) -> None:
        """Let go of the group; what is left of it, if its processes are not quite gone, goes with a later run."""
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def make(pid: int, memory_bytes: int) -> Cgroup | None:
    """A control group with a process in it, or None where none can be had."""
    place = find_place(os.getpid())
    if place is None:
        return None
    folder, files = place
    group = Cgroup(folder / NAME.format(pid=os.getpid(), number=next(_numbers)), files)
    try:
        group._folder.mkdir()
        group.limit(memory_bytes)
        group.add(pid)
    except OSError:
        group.remove()
        return None
    return group


@cache
def find_place(pid: int) -> tuple[Path, Files] | None:
    """Where this process can make control groups with a limit of memory: in its own group, or above it."""
    for own, top, files in own_groups():
        for folder in [own, *own.parents]:
            trial = Cgroup(folder / NAME.format(pid=pid, number=0), files)
            with contextlib.suppress(OSError):
                trial._folder.mkdir()
                try:
                    trial.limit(1 << 30)
                    sweep(folder)
                    return folder, files
                finally:
                    trial.remove()
            if folder == top:
                break
    return None


def own_groups() -> Iterator[tuple[Path, Path, Files]]:
    """The groups of this process that may count memory, each with the top of its tree."""
    paths: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, own = line.split(":", 2)
        paths.update(dict.fromkeys(controllers.split(","), own))
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        about, _, kind = line.partition(" - ")
        root, mount = (each.encode().decode("unicode_escape") for each in about.split()[3:5])
        version_1 = kind.split()[0] == "cgroup" and "memory" in kind.split()[-1].split(",")
        path = paths.get("memory" if version_1 else "")
        if path is not None and (version_1 or kind.split()[0] == "cgroup2"):
            inside = os.path.relpath(path, root)
            if not inside.startswith(".."):
                yield Path(mount, inside), Path(mount), VERSION_1 if version_1 else VERSION_2


def sweep(folder: Path) -> None:
    """Remove the groups of processes that are gone. (One with a process in it cannot be removed.)"""
    for group in folder.glob(NAME.format(pid="*", number="*")):
        if not Path("/proc", group.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                group.rmdir()
