"""The wall between a student's kernel and the tests: questions and replies cross it as JSON, with limits.

The kernel's end is `answer_calls` in labtools/asking.py, and so is the form of the messages.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import struct
from pathlib import Path
from typing import Any

from labtools.asking import MAX_MESSAGE

CONNECT = 3.0  # seconds for the kernel to begin to answer; normally a few milliseconds

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wall:
    """The grader's end, for one kernel: a Unix socket at `path` that the kernel connects to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._streams: asyncio.Future[Streams] = asyncio.get_running_loop().create_future()
        self._server: asyncio.Server | None = None
        self._number = 0

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._connected, path=str(self._path), limit=MAX_MESSAGE)
        self._path.chmod(0o666)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._streams.done():
            writer.close()  # one connection is all that a kernel needs
        else:
            self._streams.set_result((reader, writer))

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._streams.done():
            self._streams.result()[1].transport.abort()
        self._streams.cancel()

    async def ask(self, probe: str, name: str, arguments: Any) -> None:
        """Send a question, once the kernel is there. TimeoutError if it does not come."""
        _, writer = await asyncio.wait_for(asyncio.shield(self._streams), CONNECT)
        self._number = secrets.randbits(48)  # a reply written before the question cannot know it
        data = json.dumps([self._number, probe, name, arguments]).encode()
        writer.write(struct.pack(">I", len(data)) + data)

    async def reply(self) -> tuple[str, Any]:
        """The reply to the last question: its kind, and what it says.

        ValueError for what is no reply, OSError or asyncio.IncompleteReadError if the kernel has gone.
        """
        reader, _ = self._streams.result()
        while True:
            (length,) = struct.unpack(">I", await reader.readexactly(4))
            if length > MAX_MESSAGE:
                raise ValueError(f"a reply of {length} bytes")
            try:
                number, kind, what = json.loads(await reader.readexactly(length))
            except RecursionError:
                raise ValueError("a reply nested too deeply") from None
            except TypeError:
                raise ValueError("a reply of another form") from None
            if number == self._number:
                return str(kind), what
