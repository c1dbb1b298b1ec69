"""A real scheduler and real workers on loopback, and a small class with the scores of a run without them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from autograder.check.bank import Entry, build
from autograder.check.trim import trimmed
from autograder.course import Course
from autograder.grade.run import Counts, autograde
from autograder.record import Writer

FIRST = "exercise1_gradient_descent"
MISTAKES = {
    "right": {},
    "wrong": {"gradient-formula": "def gradient(x1, x2):\n    return 2 * (x1 - 6), 2 * x2 - x1"},
    "broken": {"optimizer": "class GradientDescentOptimizer("},
}
Scores = dict[str, dict[str, float | None]]


@dataclass
class Machines:
    """A scheduler and workers: processes of this machine, each with one thread."""

    folder: Path
    address: str
    scheduler: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_scheduler(self) -> None:
        host, _, port = self.address.removeprefix("tcp://").partition(":")
        self.scheduler = self._start("scheduler", "--host", host, "--port", port)

    def start_worker(self, *options: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        """A worker; `path` is put in front of the places where it finds packages."""
        places = os.pathsep.join(filter(None, [path and str(path), os.environ["PYTHONPATH"]]))
        options = ("--nthreads", "1", "--local-directory", str(self.folder), *(options or ("--no-nanny",)))
        worker = self._start("worker", self.address, *options, PYTHONPATH=places)
        self.workers.append(worker)
        return worker

    def _start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        environment = {"DASK_DISTRIBUTED__WORKER__DAEMON": "False"} | environment
        with open(self.folder / "log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *command, "--no-dashboard"],
                env=os.environ | environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def end_workers(self) -> None:
        for worker in self.workers:
            for process in family(worker.pid):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            worker.wait()
        self.workers.clear()

    def end(self) -> None:
        self.end_workers()
        if self.scheduler:
            self.scheduler.send_signal(signal.SIGKILL)
            self.scheduler.wait()


def family(pid: int) -> list[psutil.Process]:
    """A process and all its descendants."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """A scheduler, as yet without workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path / "machines"
    folder.mkdir()
    own = Machines(folder, address)
    own.start_scheduler()
    yield own
    own.end()


@pytest.fixture(scope="session")
def small(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The first notebook of the lab, without figures."""
    small = trimmed(course, tmp_path_factory.mktemp("small"))
    for folder in (small.source, small.release):
        for path in folder.glob("*.ipynb"):
            if path.stem != FIRST:
                path.unlink()
    return small


def hand_in_class(small: Course, root: Path, size: int) -> Course:
    """A class of right, wrong and broken submissions, with a gradebook of its own."""
    own = Course(small.home, root, small.lab)
    for number in range(size):
        kind = list(MISTAKES)[number % len(MISTAKES)]
        name = f"s{number:02}-{kind}"
        own.submission(name).mkdir(parents=True)
        text = build(Entry(name, "", answers=MISTAKES[kind]), small)[FIRST]
        (own.submission(name) / f"{FIRST}.ipynb").write_text(text)
    return own


def scores(course: Course) -> Scores:
    """What is in the gradebook: points by cell, by student."""
    with Writer(course) as writer:
        return {
            result.student: {name: cell.points for book in result.notebooks for name, cell in book.cells.items()}
            for result in writer.results()
        }


@pytest.fixture(scope="session")
def local(small: Course, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """The points of each kind of submission in a run on this machine."""
    own = hand_in_class(small, tmp_path_factory.mktemp("local"), len(MISTAKES))
    counts = autograde(own)
    assert (counts.graded, counts.failed) == (len(MISTAKES), 0)
    return {name.partition("-")[2]: points for name, points in scores(own).items()}


class Run:
    """A run on the cluster, in a thread of its own."""

    def __init__(self, course: Course, machines: Machines) -> None:
        self.course = course
        self._pool = ThreadPoolExecutor(1)
        self._counts: Future[Counts] = self._pool.submit(autograde, course, scheduler=machines.address)

    def wait_for(self, number: int) -> None:
        """Wait until so many submissions are recorded. AssertionError if the run ends before."""
        until = time.monotonic() + 120
        while self.recorded() < number and time.monotonic() < until:
            assert not self._counts.done(), self._counts.exception() or "the run ended before the fault"
            time.sleep(0.02)

    def recorded(self) -> int:
        return len(list(self.course.root.glob("autograded/s*")))

    def counts(self) -> Counts:
        """Wait for the end."""
        return self._counts.result(timeout=300)


@pytest.fixture
def start(small: Course, machines: Machines, tmp_path: Path) -> Callable[[int], Run]:
    """Starts a run over a class of the given size."""
    return lambda size: Run(hand_in_class(small, tmp_path / "class", size), machines)


@pytest.fixture
def copy_of_package(home: Path, tmp_path: Path) -> Path:
    """A folder with a copy of this package in it."""
    shutil.copytree(home / "autograder", tmp_path / "copy" / "autograder")
    return tmp_path / "copy"
