"""A limit of time for the student's code in a notebook, as a grader has one: what runs without end is interrupted."""

from __future__ import annotations

import _thread
import contextlib
import threading
import time
from collections.abc import Iterator

SECONDS = 10.0  # for one question of a check, as in grading
INTERVAL = 0.2  # seconds between looks at the clock

_lock = threading.Lock()
_waiting: dict[threading.Event, float] = {}  # what has to be told that its time is over, with that time
_watch: threading.Thread | None = None


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[threading.Event]:
    """Inside, a KeyboardInterrupt is raised once the time is over. The event that is handed on says whether it is.

    Only in the main thread, where a notebook's cells run; elsewhere there is no limit.
    """
    over = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield over
        return
    begin(over, seconds)
    try:
        yield over
    finally:
        with _lock:
            _waiting.pop(over, None)


def begin(over: threading.Event, seconds: float) -> None:
    """Have the clock watched: by one thread for whatever begins while it runs, since a call may be short."""
    global _watch
    with _lock:
        _waiting[over] = time.monotonic() + seconds
        if not (_watch and _watch.is_alive()):  # it does not live on in a process that was forked
            _watch = threading.Thread(target=watch, name="patience", daemon=True)
            _watch.start()


def watch() -> None:
    """Interrupt the main thread at the end of each time, as long as there is any."""
    global _watch
    while True:
        time.sleep(INTERVAL)
        with _lock:
            for over in [over for over, until in _waiting.items() if time.monotonic() > until]:
                del _waiting[over]
                over.set()
                _thread.interrupt_main()
            if not _waiting:
                _watch = None  # who begins now needs another one, though this one still lives
                return
