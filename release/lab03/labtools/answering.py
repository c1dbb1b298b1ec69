"""The far side of a grader's bridge: the student's process answers questions, and calls what is lent to it.

A message is its length (4 bytes, big-endian) and JSON. The grader sends questions, [number, "ask", probe, name,
arguments], and gets replies, [number, kind, what], of the kinds "answers", "missing", "interrupted" and "unreadable".
While a question is open, this side may send calls of lent functions, [number, "call", function, arguments, named
arguments], and gets [number, "value", what]; the grader may put a further question before it answers a call.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import signal
import socket
import struct
import threading
from typing import Any

from labtools.asking import serve
from labtools.objects import Objects

MAX_MESSAGE = 16_000_000  # bytes
OBJECTS = "objects"  # in the place of a probe: a request of a plain test cell, see objects.py


def answer_calls(path: str, names: dict[str, Any]) -> None:
    """From now on answer a grader's questions at the Unix socket `path`, about the student's `names`.

    Call it in a running event loop, such as a kernel's: a question is answered whenever no cell is running.
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    line = Line(connection, names)
    loop = asyncio.get_running_loop()

    def readable() -> None:
        try:
            line.answer()
        except ConnectionError:
            loop.remove_reader(connection)

    loop.add_reader(connection, readable)


class Line:
    """One connection to a grader."""

    def __init__(self, connection: socket.socket, names: dict[str, Any]) -> None:
        self._connection = connection
        self._names = names
        self._process = os.getpid()  # one that was forked from it does not answer
        self._objects: Objects | None = None  # for plain test cells, from the first of them on
        self._open: list[int] = []  # numbers of the questions that are being answered, the innermost last
        self._lock = threading.RLock()
        self._busy = False  # with a message: it is neither read nor written in parts
        self._interrupted = False

    def answer(self) -> None:
        """Read one message, and answer it if it is a question. ConnectionError if the grader has gone."""
        self._end_forked()
        before = signal.signal(signal.SIGINT, self._interrupt)  # an idle kernel ignores it
        try:
            message = self._receive()
            if message[1] == "ask":
                self._answer(message)
        finally:
            signal.signal(signal.SIGINT, before)

    def _interrupt(self, *_: Any) -> None:
        if self._busy:
            self._interrupted = True
        else:
            raise KeyboardInterrupt

    def _answer(self, question: list[Any]) -> None:
        number, _, probe, name, arguments = question
        self._open.append(number)
        try:
            reply = self._reply(probe, name, arguments)
        finally:
            self._open.pop()
        self._end_forked()
        self._send([number, *reply])

    def _end_forked(self) -> None:
        """End a process that student code has forked, and that has come back from there."""
        if os.getpid() != self._process:
            os._exit(1)

    def _reply(self, probe: str, name: str, arguments: Any) -> list[Any]:
        if probe == OBJECTS:
            return self._use(arguments)
        if name not in self._names:
            return ["missing", name]
        try:
            with contextlib.redirect_stdout(Silence()), contextlib.redirect_stderr(Silence()):
                answers = serve(probe, self._names[name], arguments, self._call)
            size = len(json.dumps(answers))
            if size > MAX_MESSAGE:
                return ["unreadable", f"the answers take {size} bytes, at most {MAX_MESSAGE} are allowed"]
            return ["answers", answers]
        except KeyboardInterrupt:
            return ["interrupted", None]
        except BaseException as error:
            return ["unreadable", f"{type(error).__name__}: {str(error)[:200]}"]

    def _use(self, request: Any) -> list[Any]:
        """Carry out a request of a plain test cell."""
        if self._objects is None or request.get("new"):
            if self._objects:
                self._objects.end()
            self._objects = Objects(self._names, self._call)
        try:
            answer = self._objects.do(request)
            size = len(json.dumps(answer))
        except KeyboardInterrupt:
            return ["interrupted", None]
        except BaseException as error:
            return ["unreadable", f"{type(error).__name__}: {str(error)[:200]}"]
        if size > MAX_MESSAGE - 1000:
            return ["unreadable", f"the answer takes {size} bytes, at most {MAX_MESSAGE} are allowed"]
        return ["answers", answer]

    def _call(self, function: Any, arguments: Any, named: Any) -> Any:
        """Have a lent function called on the grader's side."""
        if os.getpid() != self._process:
            raise RuntimeError("this function cannot be called in another process")
        with self._lock:
            if not self._open:
                raise RuntimeError("this function belongs to a check that is over")
            number, self._busy = self._open[-1], True
            try:
                self._send([number, "call", function, arguments, named])
                while True:
                    message = self._receive()
                    if message[:2] == [number, "value"]:
                        break
                    if message[1] == "ask":
                        self._busy = False
                        self._answer(message)
                        self._busy = True
            finally:
                self._busy = False
            if self._interrupted:
                self._interrupted = False
                raise KeyboardInterrupt
            return message[2]

    def _send(self, message: Any) -> None:
        data = json.dumps(message).encode()
        self._connection.sendall(struct.pack(">I", len(data)) + data)

    def _receive(self) -> Any:
        (length,) = struct.unpack(">I", self._read(4))
        if length > MAX_MESSAGE:
            raise ConnectionError(f"a message of {length} bytes is too large")
        return json.loads(self._read(length))

    def _read(self, length: int) -> bytes:
        data = self._connection.recv(length, socket.MSG_WAITALL)
        while len(data) < length:
            chunk = self._connection.recv(min(length - len(data), 1 << 16))
            if not chunk:
                raise ConnectionError("the other side has gone")
            data += chunk
        return data


class Silence(io.TextIOBase):
    """Takes what the student's code prints while it answers, and forgets it."""

    def write(self, text: str) -> int:
        return len(text)
