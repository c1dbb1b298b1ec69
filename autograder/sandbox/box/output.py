"""What cells print and show, on its way to the grader, in messages that the grader takes.

zmq ends a connection on which a message is too large, and all later output would be lost with it. So a loop
that prints faster than messages go out is made to wait, and a single output that is too large is not sent. Nor does zmq
tell of messages that it leaves out because nobody reads them yet: so they wait, and whoever makes more of them.
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import zmq
from ipykernel.iostream import IOPubThread, OutStream
from jupyter_client.session import DELIM

from .limits import MIB

PIECE = 100_000  # characters
LARGEST = 8 * MIB  # of a message
WAITING = 1000  # messages that may wait to be sent


class PacedStream(OutStream):
    """ipykernel's stream of a cell's output; whenever a piece was written it waits until that is sent."""

    _written = 0

    def write(self, string: str) -> int:
        """Write text. Returns its length."""
        for start in range(0, len(string) or 1, PIECE):
            piece = string[start : start + PIECE]
            super().write(piece)
            self._written += len(piece)
            if self._written >= PIECE:
                self._written = 0
                self.flush()
        return len(string)


class OutputThread(IOPubThread):
    """ipykernel's thread that sends output. None is lost; a line stands in the place of what is too large."""

    def __init__(self, pub_socket: zmq.Socket[Any], session: Any) -> None:
        pub_socket.setsockopt(zmq.XPUB_NODROP, 1)
        super().__init__(pub_socket, session=session)

    def send_multipart(self, msg: list[Any], *args: Any, **kwargs: Any) -> None:
        while len(self._events) > WAITING and self.thread.is_alive() and threading.current_thread() != self.thread:
            time.sleep(0.01)
        size = sum(map(len, msg))
        if size > LARGEST:
            parent = json.loads(bytes(msg[msg.index(DELIM) + 3]))
            text = f"[not shown: this output has {size / MIB:.0f} MiB, at most {LARGEST // MIB} are allowed]\n"
            self.session.send(self, "stream", {"name": "stderr", "text": text}, parent, ident=b"stream.stderr")
        else:
            super().send_multipart(msg, *args, **kwargs)

    def _handle_event(self, msg: list[Any]) -> None:
        """Send, and then hear who subscribed meanwhile: zmq says so once, and the sending may have used that up."""
        super()._handle_event(msg)
        if self.socket.get(zmq.EVENTS) & zmq.POLLIN:
            self._xpub_stream.flush(zmq.POLLIN)
