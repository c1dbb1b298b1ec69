"""What no test cell does in the grader's process, since a student's value could decide what runs: unpickling, programs.

Python announces both to an audit hook before they happen (PEP 578), whichever library is asked for them. A hook cannot
be taken away again, so there is one, which does nothing but while a test cell is at work.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from autograder.examine.foreign_code import LIBRARIES

UNPICKLES = "pickle.find_class"
PROGRAMS = (
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.spawn",
    "subprocess.Popen",
)
#: Parts of the standard library that start a program for whoever calls them.
STARTERS = (
    "<frozen os>",
    "/os.py",
    "/pty.py",
    "/subprocess.py",
    "/asyncio/",
    "/multiprocessing/",
    "/concurrent/futures/",
)
_refusals: dict[int, Callable[[str], None]] = {}  # by thread


@contextlib.contextmanager
def forbidden(refuse: Callable[[str], None]) -> Iterator[None]:
    """Inside, `refuse` is called, which raises, before an object is unpickled or a program started.

    A program that a library starts of its own, to look for fonts, may run. Other threads may go on.
    """
    _refusals[threading.get_ident()] = refuse
    try:
        yield
    finally:
        del _refusals[threading.get_ident()]


def _heard(event: str, _: tuple[Any, ...]) -> None:
    if event != UNPICKLES and event not in PROGRAMS:
        return
    if refuse := _refusals.get(threading.get_ident()):
        if event == UNPICKLES:
            refuse("this test unpickles an object")
        elif not of_a_library(sys._getframe(1)):
            refuse("this test starts a program")


def of_a_library(frame: FrameType | None) -> bool:
    """Whether it is a library that starts a program, and not the lab's code."""
    while frame and any(part in frame.f_code.co_filename for part in STARTERS):
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename.startswith(LIBRARIES)


sys.addaudithook(_heard)
