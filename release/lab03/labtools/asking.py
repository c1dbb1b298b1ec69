"""Questions to the student's code: every call goes through a probe and comes back as plain data.

A probe is a function that runs beside the student's code and may use its objects. In a notebook that is
this very process. A grader sets `bridge` and so has the probes run in the student's process while the
checks stay in its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from labtools.plaindata import plain, restore

MAX_MESSAGE = 4_000_000  # bytes


class Answer(NamedTuple):
    """What came back from one call: a value, or the name and message of the exception.

    An exception of a class of the student's own has the name of the built-in class that it is derived from.
    """

    value: Any = None
    error: str | None = None
    message: str = ""


class Unanswered(Exception):
    """The student's code could not answer: it took too long, its process died, or its reply made no sense."""


def attempt(function: Callable[..., Any], *arguments: Any) -> Answer:
    """Call a function of the student, and keep the value or the exception."""
    try:
        return Answer(plain(function(*arguments)))
    except (Exception, SystemExit) as error:
        name = next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")
        return Answer(None, name, str(error)[:300])


PROBES: dict[str, Callable[..., list[Answer]]] = {}


def probe(function: Callable[..., list[Answer]]) -> Callable[..., list[Answer]]:
    """Decorator: a function ``(target, *plain data) -> answers`` that runs beside the student's code."""
    PROBES[function.__name__] = function
    return function


#: Set by a grader that keeps the student's code in another process: it is then called as
#: ``bridge(name of the probe, stand-in for the target, plain arguments)`` and returns plain answers.
bridge: Callable[[str, Any, Any], list[Any]] | None = None


def serve(probe: str, target: Any, arguments: Any) -> list[list[Any]]:
    """Run a probe beside the student's code. Plain data in, plain data out."""
    return [list(answer) for answer in PROBES[probe](target, *restore(arguments))]


def ask(probe: Callable[..., list[Answer]], target: Any, *arguments: Any) -> list[Answer]:
    """Run ``probe(target, *arguments)`` where the student's code lives, and return its answers."""
    run = bridge or serve
    with warnings.catch_warnings(), contextlib.redirect_stderr(sys.stdout):
        warnings.simplefilter("ignore")  # a warning costs no points
        answers = run(probe.__name__, target, plain(arguments))
    try:
        return [Answer(restore(value), error, message) for value, error, message in answers]
    except (TypeError, ValueError) as error:
        raise Unanswered(f"the reply could not be read: {error}") from None


@probe
def probe_calls(function: Any, arguments: list[Any]) -> list[Answer]:
    return [attempt(function, *each) for each in arguments]


@probe
def probe_repeated_calls(function: Any, arguments: list[Any], times: int) -> list[Answer]:
    return [attempt(function, *arguments) for _ in range(times)]


@probe
def probe_value(value: Any) -> list[Answer]:
    return [attempt(lambda: value)]


# ----------------------------------------------------------------------------- the far side of the bridge


def answer_calls(path: str, names: dict[str, Any]) -> None:
    """From now on answer a grader's questions at the Unix socket `path`, about the student's `names`.

    Call it in a running event loop, such as a kernel's: a question is answered whenever no cell is running.
    A message is its length (4 bytes, big-endian) and JSON. A question is [number, probe, name, arguments], a
    reply [number, kind, what]; the kinds are "answers", "missing", "interrupted" and "unreadable".
    """
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    loop = asyncio.get_running_loop()

    def answer() -> None:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # an idle kernel ignores it
        try:
            send(connection, _reply(receive(connection), names))
        except ConnectionError:
            loop.remove_reader(connection)
        finally:
            signal.signal(signal.SIGINT, before)

    loop.add_reader(connection, answer)


def _reply(question: Any, names: dict[str, Any]) -> list[Any]:
    number, probe, name, arguments = question
    if name not in names:
        return [number, "missing", name]
    try:
        with contextlib.redirect_stdout(Silence()), contextlib.redirect_stderr(Silence()):
            answers = serve(probe, names[name], arguments)
        size = len(json.dumps(answers))
        if size > MAX_MESSAGE:
            return [number, "unreadable", f"the answers take {size} bytes, at most {MAX_MESSAGE} are allowed"]
        return [number, "answers", answers]
    except KeyboardInterrupt:
        return [number, "interrupted", None]
    except BaseException as error:
        return [number, "unreadable", f"{type(error).__name__}: {str(error)[:200]}"]


class Silence(io.TextIOBase):
    """Takes what the student's code prints while it answers, and forgets it."""

    def write(self, text: str) -> int:
        return len(text)


def send(connection: socket.socket, message: Any) -> None:
    data = json.dumps(message).encode()
    connection.sendall(struct.pack(">I", len(data)) + data)


def receive(connection: socket.socket) -> Any:
    (length,) = struct.unpack(">I", _read(connection, 4))
    if length > MAX_MESSAGE:
        raise ConnectionError(f"a message of {length} bytes is too large")
    return json.loads(_read(connection, length))


def _read(connection: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        chunk = connection.recv(min(length - len(data), 1 << 16))
        if not chunk:
            raise ConnectionError("the other side has gone")
        data += chunk
    return bytes(data)
