"""The wall between a student's kernel and the tests: questions, replies and calls cross it as JSON, with limits.

The kernel's end, and the form of the messages, stand in labtools/answering.py.
"""

from __future__ import annotations

import json
import secrets
import socket
import struct
import time
from pathlib import Path
from typing import Any, Protocol

from labtools.answering import MAX_MESSAGE
from labtools.callbacks import TooManyCalls

CONNECT = 3.0  # seconds for the kernel to begin to answer; normally a few milliseconds
WRITE = 1.0  # seconds for it to take the value of a call, at least; it waits for that


class Lends(Protocol):
    """Functions that are lent to the student's process: those of a check, or of a plain test cell."""

    def call(self, number: Any, arguments: Any, named: Any) -> list[Any]: ...


class Deaf(Exception):
    """The kernel does not come to the wall."""


class Wall:
    """The grader's end, for one kernel: a Unix socket at `path` that the kernel connects to.

    Used by one thread, that of the test cell. A check may ask while the student's code waits for a function that the
    check has lent; such questions lie inside each other.
    """

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o666)
        self._listener.listen(1)  # one connection is all that a kernel needs
        self._frames: Frames | None = None

    def close(self) -> None:
        self._listener.close()
        if self._frames:
            self._frames.connection.close()

    def ask(self, probe: str, name: str, arguments: Any, lent: Lends, seconds: float) -> Question:
        """Send a question. Deaf if the kernel does not come, OSError if it has gone."""
        if self._frames is None:
            self._listener.settimeout(min(CONNECT, seconds))
            try:
                self._frames = Frames(self._listener.accept()[0])
            except TimeoutError:
                raise Deaf("the process does not answer any more") from None
        question = Question(self._frames, lent)
        question.send(["ask", probe, name, arguments], time.monotonic() + seconds)
        return question


class Frames:
    """Whole messages over a connection, each after its length. What has come of one is kept when the time is over."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._come = bytearray()

    def send(self, data: bytes, until: float) -> None:
        self._wait(until)
        self.connection.sendall(struct.pack(">I", len(data)) + data)

    def receive(self, until: float) -> bytes:
        """The next message. TimeoutError if it does not come in time, ValueError if it is too long."""
        (length,) = struct.unpack(">I", self._first(4, until))
        if length > MAX_MESSAGE:
            raise ValueError(f"a reply of {length} bytes")
        message = self._first(4 + length, until)[4:]
        self._come.clear()
        return message

    def _first(self, length: int, until: float) -> bytes:
        while len(self._come) < length:
            self._wait(until)
            part = self.connection.recv(min(length - len(self._come), 1 << 18))
            if not part:
                raise ConnectionError("the kernel has gone")
            self._come += part
        return bytes(self._come[:length])

    def _wait(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)


class Question:
    """One question that the kernel answers. Calls of lent functions are computed meanwhile."""

    def __init__(self, frames: Frames, lent: Lends) -> None:
        self._frames = frames
        self._lent = lent
        self._number = secrets.randbits(48)  # a reply written before the question cannot know it
        self.calls = 0

    def send(self, message: list[Any], until: float) -> None:
        self._frames.send(json.dumps([self._number, *message]).encode(), until)

    def reply(self, seconds: float) -> tuple[str, Any]:
        """The reply: its kind, and what it says. TimeoutError if it does not come in time.

        ValueError for what is no reply, OSError if the kernel has gone, TooManyCalls if it calls without end.
        """
        until = time.monotonic() + seconds
        while True:
            try:
                message = json.loads(self._frames.receive(until))
            except RecursionError:
                raise ValueError("a reply nested too deeply") from None
            if not isinstance(message, list) or len(message) < 3:
                raise ValueError("a reply of another form")
            number, kind, *what = message
            if number != self._number:
                continue
            if kind != "call":
                return str(kind), what[0]
            if len(what) != 3:
                raise ValueError("a call of another form")
            self._serve(what, until)

    def _serve(self, call: list[Any], until: float) -> None:
        """Answer a call, also where the time is over meanwhile: else the kernel would not hear the interrupt."""
        try:
            value = self._lent.call(*call)
        except TooManyCalls as endless:
            self.send(["value", ["error", "RuntimeError", str(endless)]], self._soon(until))
            raise
        self.send(["value", value], self._soon(until))

    def _soon(self, until: float) -> float:
        return max(until, time.monotonic() + WRITE)
