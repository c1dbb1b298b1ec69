"""A limit of time for the student's code in a notebook, as a grader has one: what runs without end is interrupted."""

from __future__ import annotations

import _thread
import contextlib
import threading
from collections.abc import Iterator

SECONDS = 10.0  # for one question of a check, as in grading


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[threading.Event]:
    """Inside, a KeyboardInterrupt is raised once the time is over. The event that is handed on says whether it is.

    Only in the main thread, where a notebook's cells run; elsewhere there is no limit.
    """
    over = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield over
        return
    lock, left = threading.Lock(), threading.Event()

    def end() -> None:
        with lock:
            if not left.is_set():
                over.set()
                _thread.interrupt_main()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        with lock:
            left.set()
        timer.cancel()
