"""How many processes a kernel may have where Linux counts those of the whole user.

Such a kernel is allowed a few more than the user has at its start. What the user and other kernels start later would
use that up, so the limit is moved along with them.
"""

from __future__ import annotations

import contextlib
import os
import resource

from .box.family import threads_of_user
from .box.limits import Limits


def follow_user(pids: list[int], limits: Limits) -> None:
    """Let these processes of a kernel be as many as its limits say, whatever else their user has by now."""
    others = threads_of_user(os.getuid()) - sum(map(threads_of, pids))
    for pid in pids:
        with contextlib.suppress(OSError, ValueError):
            _, hard = resource.prlimit(pid, resource.RLIMIT_NPROC)
            allowed = others + limits.processes
            if hard != resource.RLIM_INFINITY:
                allowed = min(allowed, hard)
            resource.prlimit(pid, resource.RLIMIT_NPROC, (allowed, hard))


def threads_of(pid: int) -> int:
    """The number of threads of a process; 0 when it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0
