"""What kernels that run at the same time may take of this machine's memory, all together."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

from .box.limits import Limits
from .cgroup import own_groups

ALL = 0.5  # of the machine's memory


def fair_share(limits: Limits, kernels: int) -> Limits:
    """The limits of one of several kernels: with less memory where the machine has not as much for all of them."""
    return dataclasses.replace(limits, memory_bytes=min(limits.memory_bytes, int(ALL * machine_memory() / kernels)))


def room_for(limits: Limits) -> int:
    """How many kernels at the same time can have the whole memory of these limits."""
    return int(ALL * machine_memory() / limits.memory_bytes)


def machine_memory() -> int:
    """Bytes of memory that this machine has, or this container."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")]
    for own, top, files in own_groups():
        for folder in [own, *own.parents]:
            with contextlib.suppress(OSError, ValueError):  # no such file, or "max"
                found.append(int((folder / files.limit).read_text()))
            if folder == top:
                break
    return min(found)
