"""What one kernel, with all its processes, may use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Limits of one kernel.

    `memory_bytes` comes on top of what a kernel has at its start. Each process is held to it by
    RLIMIT_AS, all processes of the kernel together by the watchdog. `file_bytes` and `cpu_seconds` are
    for each process, `processes` counts threads too (a kernel at rest has eight). What sockets hold (0.2 MB each)
    counts for no process where there are no control groups: there `processes` times `open_files` is its limit.
    """

    memory_bytes: int = 2048 * MIB
    processes: int = 64
    open_files: int = 96
    file_bytes: int = 64 * MIB
    cpu_seconds: int = 120
    scratch_bytes: int = 256 * MIB
    scratch_files: int = 10_000

    def to_dict(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Limits:
        return cls(**{name: int(value) for name, value in values.items()})
