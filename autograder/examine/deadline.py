"""The end of a test on our side: what it makes of a student's replies may take neither too long nor too much memory."""

from __future__ import annotations

import contextlib
import ctypes
import math
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType

INTERVAL = 0.2  # seconds between looks at the clock


class TookTooLong(BaseException):
    """The test took too long. No Exception, so that no test takes it for an error of its own."""


def own_time() -> Callable[[], float]:
    """A clock of the CPU time of the thread that calls this, for any thread to read."""
    clock = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(clock)


class Deadline:
    """Raises TookTooLong within `limit`, in the thread that uses it as a context manager, as soon as a line is run.

    It is raised again until the limit is left, should something have caught it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = math.inf
        self._thread = ctypes.c_ulong(threading.get_ident())
        self._lock = threading.Lock()
        self._over = threading.Event()

    def __enter__(self) -> Deadline:
        threading.Thread(target=self._watch, name="deadline", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """What is done inside may take so long."""
        with self._lock:
            self._until = self._clock() + seconds
        try:
            yield
        finally:
            with self._lock:
                self._until = math.inf
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, None)

    def _watch(self) -> None:
        while not self._over.wait(INTERVAL):
            with self._lock:
                if self._until < math.inf and self._clock() > self._until:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._thread, ctypes.py_object(TookTooLong))
