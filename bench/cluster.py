"""What a cluster gives, and what would break first, measured on this machine.

examining   one and two workers, each held to one core as if it were a machine, against the pool of this machine
scheduler   messages as large as a submission and its result, through one worker that does nothing
writer      see bench/writer.py: results made in advance, the client's memory over many of them
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from pathlib import Path

from distributed import Client

from autograder.course import Course, open_course, use_own_commands
from autograder.grade.run import examine, lanes_for, prepare_gradebook, store_notebooks
from autograder.record import Writer
from bench.classes import make_class


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--size", type=int, default=100, help="submissions that are examined (default: %(default)s)")
    parser.add_argument("--many", type=int, default=10_000, help="results made in advance (default: %(default)s)")
    options = parser.parse_args()
    use_own_commands()
    home = open_course(options.lab)
    print(f"{os.cpu_count()} cores, {options.size} submissions of {options.lab}, times once all is warm", flush=True)
    rates = {}
    for workers in (1, 2):
        rates[f"{workers} of the pool"] = rate(home, options.size, workers, None)
    for workers in (1, 2):
        with machines(workers) as address:
            rates[f"{workers} workers"] = rate(home, options.size, workers, address)
    for way, found in rates.items():
        print(f"  {way:14}{found:6.2f} submissions a second")
    print(f"  two workers do {rates['2 workers'] / rates['1 workers']:.2f} times what one does", flush=True)
    with machines(1) as address:
        print(f"scheduler, client and one idle worker: {messages(address):.0f} submissions a second", flush=True)
    for number in (100, options.many):
        command = [sys.executable, "-m", "bench.writer", "--lab", options.lab, "--number", str(number)]
        subprocess.run(command, check=True)


@contextmanager
def machines(workers: int) -> Iterator[str]:
    """A scheduler, and workers that are held to one core each. Yields the scheduler's address."""
    address = f"tcp://127.0.0.1:{free_port()}"
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    dask = [sys.executable, "-m", "dask"]
    port = address.rpartition(":")[2]
    commands = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"]]
    for core in range(workers):
        worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        commands.append(["taskset", "--cpu-list", str(core), *worker])
    with tempfile.TemporaryDirectory() as folder:
        silence = subprocess.DEVNULL
        running = [
            subprocess.Popen(command, env=environment, cwd=folder, stdout=silence, stderr=silence)
            for command in commands
        ]
        try:
            yield address
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def rate(home: Course, size: int, workers: int, address: str | None) -> float:
    """Submissions a second, recorded, once all is warm."""
    with tempfile.TemporaryDirectory() as folder:
        course = Course(home.home, Path(folder), home.lab)
        names = make_class(home, course.root, size)
        with Writer(course) as writer, lanes_for(course, "0", workers, None, address) as lanes:
            prepare_gradebook(course, writer)
            while sum(lane.slots - 1 for lane in lanes.now()) < workers:
                time.sleep(0.2)
            warm = names[:workers] * 2  # each process loads the lab with its first submission
            for _ in examine(course, lanes, warm, "0"):
                pass
            started = time.perf_counter()
            for result in examine(course, lanes, names, "0"):
                store_notebooks(course, result)
                writer.record(result, None)
            return size / (time.perf_counter() - started)


def messages(address: str, number: int = 300) -> float:
    """Submissions a second through the scheduler, when to examine one costs nothing."""
    handed, answer = {"notebook": bytes(150_000)}, 600_000
    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(1)
        executor = client.get_executor(pure=False)
        running: set[Future[str]] = set()
        started = time.perf_counter()
        for _ in range(number):
            running.add(executor.submit(echo, handed, answer))
            if len(running) == 8:
                _, running = wait(running, return_when=FIRST_COMPLETED)
        wait(running)
        return number / (time.perf_counter() - started)


def echo(handed: dict[str, bytes], answer: int) -> str:
    return "x" * answer


if __name__ == "__main__":
    main()
