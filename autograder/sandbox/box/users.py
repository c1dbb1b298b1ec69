"""Throw-away users: where the grader is root, each kernel without namespaces gets a user id that nobody has.

So it can neither signal nor write what is anybody else's, and Linux counts its processes alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Collection
from pathlib import Path

from . import family, libc, room

#: Within what containers map, and what systemd keeps for such users ("DynamicUser").
FIRST, LAST = 61_184, 65_519
#: What the grader needs for it: to give away folders, to remove them again, to end processes, to change the user.
NEEDED = (libc.CAP_CHOWN, libc.CAP_DAC_OVERRIDE, libc.CAP_KILL, libc.CAP_SETGID, libc.CAP_SETUID)


def can_be_had() -> bool:
    """Whether this process may change to such users."""
    return os.geteuid() == 0 and all(map(has_capability, NEEDED)) and is_mapped(FIRST, LAST)


def has_capability(number: int) -> bool:
    status = Path("/proc/self/status").read_text()
    effective = next(line.split()[1] for line in status.splitlines() if line.startswith("CapEff"))
    return bool(int(effective, 16) >> number & 1)


def is_mapped(first: int, last: int) -> bool:
    """Whether the user namespace of this process has these ids: some containers have root only."""
    ranges = [list(map(int, line.split())) for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(start <= first and last < start + length for start, _, length in ranges)


def free(taken: Collection[int]) -> int:
    """A user id that is not `taken`, and that no process has."""
    used = set(taken)
    for pid in family.processes():
        try:
            used.add(os.stat(f"/proc/{pid}").st_uid)
        except OSError:
            continue
    return random.choice([user for user in range(FIRST, LAST + 1) if user not in used])


def become(user: int, reads_all: bool = False) -> None:
    """Be this user, without any capability; `reads_all` keeps the one to read where its rights would not do.

    That is for a Python that belongs to root alone. Landlock then decides alone what is read.
    """
    if reads_all:
        libc.prctl(libc.PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    libc.drop_capabilities(libc.CAP_DAC_READ_SEARCH if reads_all else None)
    libc.prctl(libc.PR_SET_DUMPABLE, 1)  # else its files in /proc would belong to root


def reads_python(user: int) -> str | None:
    """What of Python this user cannot read (see room.unreadable), found out in a child; None if all can be read."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(user)
            os.write(writing, (room.unreadable() or "").encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        reason = answer.read()
    os.waitpid(child, 0)
    return reason or None
