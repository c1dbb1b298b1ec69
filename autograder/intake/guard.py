"""Looking at what a student wrote, with an end: of time, of memory, and of whatever else may go wrong there."""

from __future__ import annotations

import contextlib
import resource
import signal
from collections.abc import Iterator
from types import FrameType

from autograder.intake.cells import Refused

MAX_MEMORY = 2 * 1024**3  # bytes that looking at what was handed in may take
AGAIN = 0.1  # seconds after which the end is told once more, should somebody have kept it from us


class _TimeIsUp(BaseException):
    """No Exception, so that no library takes it for an error of its own."""


@contextlib.contextmanager
def guarded(what: str, seconds: float) -> Iterator[None]:
    """Do something with a student's texts. Refused, with a reason that begins with `what`, where it comes to no end.

    That is: where it takes more than `seconds` of this process's CPU time (so other programs cannot make it fail) or
    more than MAX_MEMORY, or ends in an error. Only errors of the machine (OSError) pass. To be used in the main thread.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
        with memory_limit():
            yield
    except _TimeIsUp:
        raise Refused(f"{what} took longer than {seconds:g} seconds.") from None
    except MemoryError:
        raise Refused(f"{what} took more than {MAX_MEMORY / 1024**3:.0f} GB of memory.") from None
    except (Refused, OSError):
        raise
    except Exception as error:
        raise Refused(f"{what} was not possible ({type(error).__name__}).") from error
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@contextlib.contextmanager
def memory_limit() -> Iterator[None]:
    """MemoryError instead of a full machine, for this process. A limit within another one does not raise that."""
    with open("/proc/self/statm", "rb", buffering=0) as file:
        pages = int(file.read().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limits = [pages * resource.getpagesize() + MAX_MEMORY, soft, hard]
    resource.setrlimit(resource.RLIMIT_AS, (min(each for each in limits if each != resource.RLIM_INFINITY), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
