"""What cells print and show, on its way to the grader, in messages that the grader takes.

zmq ends a connection on which a message is too large, and all later output would be lost with it. So a loop
that prints faster than messages go out is made to wait, and a single output that is too large is not sent.
"""

from __future__ import annotations

import json
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from jupyter_client.session import DELIM

from .limits import MIB

PIECE = 100_000  # characters
LARGEST = 8 * MIB  # of a message


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
    """ipykernel's thread that sends output; it puts a line in the place of what is too large."""

    def send_multipart(self, msg: list[Any], *args: Any, **kwargs: Any) -> None:
        size = sum(map(len, msg))
        if size > LARGEST:
            parent = json.loads(bytes(msg[msg.index(DELIM) + 3]))
            text = f"[not shown: this output has {size / MIB:.0f} MiB, at most {LARGEST // MIB} are allowed]\n"
            self.session.send(self, "stream", {"name": "stderr", "text": text}, parent, ident=b"stream.stderr")
        else:
            super().send_multipart(msg, *args, **kwargs)
