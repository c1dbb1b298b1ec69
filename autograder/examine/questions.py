"""The questions of the checks to a student's kernel, with patience that has an end.

A question that takes too long is interrupted, then its kernel is ended. A name that failed to answer twice is not
asked again; a name that fails after others were asked is asked once more in a new kernel, since threads that an
answer left behind are not its fault.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from autograder.examine.deadline import TookTooLong
from autograder.examine.student import KernelLost, StudentKernel
from autograder.examine.wall import Deaf, Lends, Question

from labtools.answering import OBJECTS
from labtools.callbacks import Lent, TooManyCalls

PATIENCE = 2  # times that a name may fail to answer before it is not asked again
GRACE = 1.0  # seconds after an interrupt, before the kernel is killed


class Questions:
    """Puts questions to one kernel. Used in the thread of a test cell; the kernel lives in the event loop."""

    def __init__(self, kernel: StudentKernel, loop: asyncio.AbstractEventLoop) -> None:
        self._kernel = kernel
        self._loop = loop
        self._failures: Counter[str] = Counter()
        self._deaf = 0  # times that a kernel did not even begin to answer
        self._open = 0  # questions that lie inside each other

    def ask(self, probe: str, name: str, arguments: Any, lent: Lent) -> tuple[str, Any]:
        """Put one question. Returns ("answers", …), ("missing", name) or ("silent", why there is no answer).

        OutOfTime if the submission has used up its time.
        """
        if tired := self._out_of_patience(name):
            return "silent", tired
        others = self._kernel.asked - {name}
        kind, what = self._question(probe, name, arguments, lent)
        if kind == "silent" and others and not self._open:
            if self._kernel.asked:
                self._in_loop(self._kernel.revive())
            self._failures[name] = PATIENCE - 1
            kind, what = self._question(probe, name, arguments, lent)
        return kind, what

    def use(self, name: str, request: dict[str, Any], lent: Lends) -> tuple[str, Any]:
        """The same for one request of a plain test cell (see visit.py). It is asked once, since it leads to others."""
        if tired := self._out_of_patience(name):
            return "silent", tired
        return self._question(OBJECTS, name, request, lent)

    def _out_of_patience(self, name: str) -> str:
        """Why this name is not asked any more, or the empty text."""
        if self._failures[name] >= PATIENCE:
            return f"`{name}` failed to answer and is not asked again"
        if self._deaf > PATIENCE:
            return "the code keeps its own process from answering"
        return ""

    def _question(self, probe: str, name: str, arguments: Any, lent: Lends) -> tuple[str, Any]:
        seconds = self._kernel.seconds_for_call()
        self._open += 1
        try:
            kind, what = self._exchange(probe, name, arguments, lent, seconds)
        except Deaf as deaf:
            self._kernel.took_too_long()
            self._deaf += 1
            kind, what = "lost", str(deaf)
        except TimeoutError:
            kind, what = "lost", f"`{name}` took longer than {seconds:g} seconds and did not heed the interrupt"
        except KernelLost as lost:
            kind, what = "lost", str(lost)
        except TooManyCalls as endless:  # once more, after the interrupt
            kind, what = "lost", str(endless)
        except TookTooLong:  # the kernel waits for a call that will not be answered
            self._kernel.took_too_long()
            self._failures[name] += 1
            self._in_loop(self._kernel.revive())
            raise
        except OSError:
            kind, what = "lost", f"the process ended in `{name}`"
        except ValueError:
            kind, what = "lost", f"the process sent a reply that cannot be read, while it answered for `{name}`"
        finally:
            self._open -= 1
        if kind in ("answers", "missing"):
            return kind, what
        self._failures[name] += 1
        if kind == "lost":
            self._kernel.log.append(what)
            self._in_loop(self._kernel.revive())
        elif kind == "interrupted":
            what = f"`{name}` took longer than {seconds:g} seconds"
        return "silent", str(what)[:300]

    def _exchange(self, probe: str, name: str, arguments: Any, lent: Lends, seconds: float) -> tuple[str, Any]:
        if not self._kernel.asked:
            self._in_loop(self._kernel.come_to_the_wall())
        self._kernel.asked.add(name)
        question = self._kernel.wall.ask(probe, name, arguments, lent, seconds)
        try:
            return self._reply(question, seconds)
        except TimeoutError:
            self._kernel.took_too_long()
            self._in_loop(self._kernel.interrupt())
            return self._reply(question, GRACE)
        except TooManyCalls as endless:
            self._in_loop(self._kernel.interrupt())
            kind, what = self._reply(question, GRACE)
            return ("unreadable", str(endless)) if kind == "interrupted" else (kind, what)

    def _reply(self, question: Question, seconds: float) -> tuple[str, Any]:
        """The reply, if it comes within these seconds, or within as many again where its process waited for a core."""
        time = self._kernel.code_time()
        while True:
            try:
                return question.reply(seconds)
            except TimeoutError:
                if not time.again(seconds):
                    raise

    def _in_loop(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()
