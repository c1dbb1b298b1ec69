"""A run on a Dask cluster: one lane for each worker.

The scheduler and the workers are the course's own machines: who can reach the scheduler can run code on all of
them, so keep it in a private network, or use TLS (Dask's own configuration). Students' code cannot reach it.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from functools import partial
from typing import Any

from autograder.course import CourseError
from autograder.dispatch.lanes import Lane
from autograder.dispatch.station import Lost, Setting
from autograder.intake import HandedIn

try:
    import dask
    from distributed import Client

    from autograder.dispatch import remote
except ImportError:
    raise CourseError(
        "A cluster needs the package distributed, which is not installed: pip install -r requirements-cluster.txt"
    ) from None

PATIENCE = 300.0  # seconds without any worker before the run stops
HOPE = 30.0  # seconds with none but refused workers before it stops
CONNECT = 10.0  # seconds for the scheduler to answer
INTERVAL = 1.0  # seconds between looks at the cluster


class Cluster:
    """The workers of the Dask scheduler at `address`. Use it as a context manager.

    Workers may come and go. One that differs from this machine in what scores depend on is refused, in one line.
    """

    def __init__(self, address: str, setting: Setting) -> None:
        self.address = address
        self._run = secrets.token_hex(8)
        self._parcel = remote.pack(setting)
        self._client: Client | None = None
        self._looked = 0.0
        self._preparing: dict[str, tuple[Executor, int, Future[str]]] = {}  # by the worker's identity
        self._lanes: dict[str, Lane] = {}
        self._refused: set[str] = set()
        self._all_refused = False
        self._connected = True

    def __enter__(self) -> Cluster:
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})  # a submission may have 400 MB
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said here, in one line
        if self._workers() is None:
            raise CourseError(f"No scheduler answers at {self.address}: start it with `dask scheduler`.")
        return self

    def __exit__(self, *exception: object) -> None:
        if self._client:
            with suppress(OSError, TimeoutError, ValueError):
                self._client.run(remote.dismiss, self._run, on_error="ignore")
            self._client.close(timeout=5)

    def now(self) -> list[Lane]:
        """The lanes of the workers that are there. Waits for workers where there are none."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            if not self._lanes or time.monotonic() - self._looked > INTERVAL:
                self._look()
            if self._lanes:
                return list(self._lanes.values())
            if self._all_refused and time.monotonic() - began > HOPE:
                raise CourseError(f"No worker of {self.address} can be used (see above); what was recorded stays.")
            time.sleep(0.2)
        raise CourseError(
            f"{self.address} had no worker for {PATIENCE:.0f} seconds. What was recorded stays; start workers "
            f"(`make worker SCHEDULER={self.address}`), and the same command goes on."
        )

    def _look(self) -> None:
        """Open lanes to workers that came, close those of workers that went."""
        found = self._workers()
        self._looked = time.monotonic()
        if self._connected != (found is not None):
            self._connected = found is not None
            print(
                f"{self.address} {'answers again' if self._connected else 'does not answer: waiting for it'}",
                file=sys.stderr,
            )
        workers = found or {}
        for gone in set(self._lanes) - set(workers):
            del self._lanes[gone]
        for gone in set(self._preparing) - set(workers):
            del self._preparing[gone]
        for worker, (address, threads) in workers.items():
            if worker in self._preparing:
                self._finish(worker, address)
            elif worker not in self._lanes and worker not in self._refused:
                assert self._client is not None
                executor = self._client.get_executor(workers=[address], pure=False, retries=0)
                ready = executor.submit(remote.prepare, self._run, self._parcel, threads)
                self._preparing[worker] = executor, threads, ready
        self._all_refused = bool(workers) and set(workers) <= self._refused

    def _finish(self, worker: str, address: str) -> None:
        """Open the lane of a worker that got ready, or say why it is refused."""
        executor, threads, ready = self._preparing[worker]
        if not ready.done():
            return
        del self._preparing[worker]
        try:
            reason = ready.result()
        except CancelledError:
            return  # the scheduler was started again: the next look asks the worker once more
        except Exception as error:  # the worker's package may be another, or there may be none
            reason = f"{type(error).__name__}: {error}"
        if reason:
            self._refused.add(worker)
            print(f"worker {address} is not used: {reason}", file=sys.stderr)
        else:
            self._lanes[worker] = Lane(f"worker {address}", threads + 1, partial(self._submit, executor))

    def _submit(
        self, executor: Executor, student: str, handed: HandedIn, digest: str, usual: float | None
    ) -> Future[str]:
        try:
            return executor.submit(remote.examine, self._run, student, handed, digest, usual)
        except Exception as error:  # the scheduler has just gone: the next look notices
            self._looked = 0.0
            lost: Future[str] = Future()
            lost.set_exception(Lost(f"{self.address} does not answer: {error}"))
            return lost

    def _workers(self) -> dict[str, tuple[str, int]] | None:
        """The workers' addresses and numbers of threads, by identity; None where no scheduler answers."""
        try:
            if self._client is None:
                self._client = Client(self.address, timeout=CONNECT, set_as_default=False)
            found: dict[str, dict[str, Any]] = self._client.scheduler_info(n_workers=-1)["workers"]
            return {f"{address} {own['local_directory']}": (address, own["nthreads"]) for address, own in found.items()}
        except (OSError, TimeoutError, ValueError, RuntimeError):
            client, self._client = self._client, None
            if client:
                with suppress(OSError, TimeoutError):
                    client.close(timeout=1)
            return None
