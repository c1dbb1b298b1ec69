"""How many submissions this machine can examine at a time."""

from __future__ import annotations

import math
import os
from pathlib import Path

QUOTA = Path("/sys/fs/cgroup/cpu.max")


def cores() -> int:
    """The cores that this process may use: those it is bound to, and in a container no more than its share of time."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = map(int, QUOTA.read_text().split())  # "max 100000" where there is no limit
    except (OSError, ValueError):
        return own
    return max(1, min(own, math.ceil(quota / period)))
