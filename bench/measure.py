"""Running a command as a whole process tree: wall time, CPU time, peak memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from autograder.sandbox.box import libc

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


@dataclass(frozen=True)
class Cost:
    """What commands used: seconds of wall time and CPU, and the peak of their memory in MB (proportional set size)."""

    wall: float
    cpu: float
    memory: float


def run_all(commands: list[list[str]], folders: list[Path], environment: dict[str, str]) -> Cost:
    """Run commands side by side, each in its folder, to their end. RuntimeError if one fails."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)  # what outlives its parent becomes our child, and so is counted
    started = time.perf_counter()
    before = os.times()
    running = [
        subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for command, folder in zip(commands, folders)
    ]
    outputs: list[bytes] = []
    peak = Peak()
    readers = [threading.Thread(target=lambda each=each: outputs.append(each.stdout.read())) for each in running]
    for thread in [*readers, peak]:
        thread.start()
    for each in running:
        each.wait()
    wall = time.perf_counter() - started
    peak.done.set()
    for thread in [*readers, peak]:
        thread.join()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    after = os.times()
    for command, each in zip(commands, running):
        if each.returncode:
            raise RuntimeError(
                f"{' '.join(command)} ended with {each.returncode}: {b''.join(outputs)[-2000:].decode()}"
            )
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, cpu, peak.bytes / 1e6)


class Peak(threading.Thread):
    """Watches the memory of all descendants of this process, twice a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self.done.wait(0.5):
            self.bytes = max(self.bytes, memory_of_descendants())


def memory_of_descendants() -> int:
    """Bytes of memory (proportional set size) of all processes that this one has started, directly or not."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total
