"""Who descends from whom: where a kernel has no pid namespace, its processes are known by their keeper."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Container


def families(roots: Container[int]) -> dict[int, list[int]]:
    """The living descendants of each of these processes, without itself."""
    parents = {pid: parent for pid in processes() if (parent := parent_of(pid))}
    found: dict[int, list[int]] = defaultdict(list)
    for pid in parents:
        above: int | None = parents[pid]
        while above and above not in roots:
            above = parents.get(above)
        if above:
            found[above].append(pid)
    return found


def processes() -> list[int]:
    """The numbers of all processes that this one can see."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def parent_of(pid: int) -> int:
    """The parent of a process; 0 when it is gone, or only waits to be buried."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, parent = file.read().rpartition(b")")[2].split()[:2]
    except (OSError, ValueError):
        return 0
    return 0 if state in (b"Z", b"X") else int(parent)


def threads_of_user(user: int) -> int:
    """How many threads a user has: Linux counts them against the user's limit of processes."""
    count = 0
    for pid in processes():
        try:
            if os.stat(f"/proc/{pid}").st_uid == user:
                count += len(os.listdir(f"/proc/{pid}/task"))
        except OSError:
            continue
    return count
