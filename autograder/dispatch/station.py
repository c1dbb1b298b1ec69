"""Where submissions are examined on one machine: a warm server, and a pool of processes that use it."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import threading
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import forkserver

from jupyter_client.kernelspec import KernelSpec

from autograder.course import Course, CourseError, TimeLimits, lab_packages, read_notebook, tools_folder
from autograder.dispatch.worker import examine_one, start_worker
from autograder.examine import Outputs, draw_constant, with_constant
from autograder.intake import HandedIn
from autograder.sandbox import COMPILER, FULL, SHARED, KernelRefused, Limits, WarmServer, fair_share


class Lost(Exception):
    """What examined a submission is gone, and the submission with it. It can be tried again."""


@dataclass(frozen=True)
class Setting:
    """What decides how the submissions of a lab are examined. Plain data, for other processes."""

    course: Course
    seed: str
    times: TimeLimits
    limits: Limits
    level: str = FULL


class Station:
    """Examines submissions of one lab, `jobs` at a time. It begins to warm up at once; use it as a context manager.

    What dies in it (the server of kernels, a process of the pool) is started again with the next submission.
    """

    def __init__(self, setting: Setting, jobs: int) -> None:
        self._setting = setting
        self._jobs = jobs
        self._lock = threading.Lock()
        limits = fair_share(setting.limits, jobs)
        packages = lab_packages(setting.course)
        loaded = [*packages, COMPILER] if jobs > 1 and "torch" in packages else packages  # else a kernel imports it
        self._server = WarmServer(setting.course.release, limits, setting.level, tools_folder(), loaded)
        self._pool: ProcessPoolExecutor | None = None
        self._context = multiprocessing.get_context("forkserver")
        shared = ["matplotlib.pyplot" if name == "matplotlib" else name for name in SHARED if name in packages]
        self._context.set_forkserver_preload(["autograder.dispatch.worker", *shared])
        forkserver.ensure_running()
        # bubblewrap ends the server with the thread that started it: this one lasts as long as the station.
        self._owner = ThreadPoolExecutor(1, "warm server")
        self._warm: Future[None] = self._owner.submit(self._server.start)
        self._constant: Future[Outputs] = self._owner.submit(self._draw)

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        with contextlib.suppress(Exception):
            self._owner.submit(self._server.stop).result()
        self._owner.shutdown()

    def _draw(self) -> Outputs:
        masters = [read_notebook(path) for path in sorted(self._setting.course.source.glob("*.ipynb"))]
        return asyncio.run(draw_constant(masters, self._server.spec, self._setting.times))

    def warm_up(self) -> None:
        """Have the processes start, and wait until kernels can be had. ServerFailed if that fails."""
        self._ready()

    def examine(self, student: str, handed: HandedIn, digest: str, usual: float | None = None) -> str:
        """Examine one submission, in a process of the pool. Returns its SubmissionResult as JSON.

        Several threads may call this at a time. Lost if the process died, or the kernels' server; ServerFailed if
        that one cannot be started again.
        """
        pool: ProcessPoolExecutor | None = None
        try:
            pool, spec = self._ready()
            drawn = self._constant
            constant = drawn.result() if drawn.done() else None
            text = pool.submit(examine_one, spec, constant or {}, student, handed, digest, usual).result()
        except BrokenProcessPool:
            with self._lock:
                if self._pool is pool:
                    self._pool = None
            raise Lost("its process died") from None
        except KernelRefused as error:
            raise Lost(str(error)) from None
        if constant is not None:
            return text
        try:
            return with_constant(text, drawn.result())
        except Exception:
            raise Lost("the server of kernels died while the lab's own figures were drawn") from None

    def _ready(self) -> tuple[ProcessPoolExecutor, KernelSpec]:
        """The pool and the server's kernel; what is gone of them is made again.

        The pool's processes load the lab while the server warms up. ServerFailed if that fails. The outputs of constant
        cells may still be on their way: the first submissions get them afterwards.
        """
        with self._lock:
            self._pool = self._pool or self._start_pool()
            self._warm.result()
            if not self._server.running:
                self._warm = self._owner.submit(self._server.start)
                self._warm.result()
            if self._constant.done() and self._constant.exception():  # the server died meanwhile
                self._constant = self._owner.submit(self._draw)
            return self._pool, self._server.spec

    def _start_pool(self) -> ProcessPoolExecutor:
        own = self._setting
        setting = (own.course, own.seed, own.times)
        try:
            pool = ProcessPoolExecutor(self._jobs, self._context, initializer=start_worker, initargs=setting)
        except OSError as error:  # no semaphore can be made
            raise CourseError(
                f"No processes for grading: {error}. /dev/shm has to be writable: mount -t tmpfs tmpfs "
                "/dev/shm, or in a container leave out what makes it read-only."
            ) from None
        for _ in range(self._jobs):
            pool.submit(os.getpid)  # a process is started when it is needed
        return pool
