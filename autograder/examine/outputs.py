"""What a cell printed and drew, as it is kept: text and pictures, within a limit, whatever else it sends.

Over the limit outputs are dropped and the cell runs on, since its values count. What it cleared does not count.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.intake import harmless

KINDS = ("stream", "display_data", "execute_result", "error", "update_display_data")
ERROR = 30_000  # bytes beyond the limit that are left for the error in which a cell ends
RESULT = 100  # characters of a value, which is looked at for a number
SHORTEST = 100  # bytes: of a text that does not fit as a whole, at least so much is worth keeping


@dataclass(eq=False)
class Kept:
    """One output. A stream comes in many pieces, which are put together at the end."""

    output: NotebookNode
    size: int
    pieces: list[str] | None = None


class CellOutputs:
    """The outputs of one running cell. `limit`: bytes of all that are kept, as JSON."""

    def __init__(self, limit: int) -> None:
        self.sent = 0  # bytes, kept or not
        self.dropped = 0  # outputs
        self.result: str | None = None  # the text of the value of its last line, as it was first sent
        self._limit = limit
        self._kept: list[Kept] = []
        self._size = 0
        self._by_display: dict[str, Kept] = {}
        self._clear_next = False

    def take(self, kind: str, content: dict[str, Any]) -> None:
        """Take an output as a kernel sends it. What cannot be read as an output is left out; nothing is raised."""
        try:
            self.sent += len(json.dumps(content))
            self._take(kind, content)
        except Exception:  # whatever a student's code may send: texts that are none, lists that are too deep
            self.sent += SHORTEST

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        if self._clear_next and kind != "update_display_data":
            self.clear(wait=False)
        if kind == "stream":
            self._print("stderr" if content["name"] == "stderr" else "stdout", str(content["text"]))
            return
        transient = content.get("transient")
        display = transient.get("display_id") if isinstance(transient, dict) else None
        if kind == "execute_result" and self.result is None:
            self.result = str(content["data"]["text/plain"])[:RESULT]
        output = harmless(NotebookNode({"metadata": {}, **content, "output_type": kind.removeprefix("update_")}))
        if output is None:
            return
        new = Kept(output, size_of(output))
        if kind == "update_display_data":
            self._update(self._by_display.get(str(display)), new)
        elif self._add(new, self._limit + ERROR if kind == "error" else self._limit) and display:
            self._by_display[str(display)] = new

    def _add(self, new: Kept, limit: int) -> bool:
        if self._size + new.size > limit:
            self.dropped += 1
            return False
        self._kept.append(new)
        self._size += new.size
        return True

    def _print(self, name: str, text: str) -> None:
        """Text goes on with the text before it. Of what does not fit the beginning is kept."""
        last = self._kept[-1] if self._kept else None
        if last is None or last.pieces is None or last.output.name != name:
            last = Kept(new_output("stream", name=name), SHORTEST, [])
            if not self._add(last, self._limit):
                return
        assert last.pieces is not None
        size = size_of(text)
        if self._size + size > self._limit:
            self.dropped += 1
            text = text[: (self._limit - self._size) // 6]  # JSON writes a sign with six at most
            size = size_of(text)
            if size < SHORTEST:
                return
        last.pieces.append(text)
        last.size += size
        self._size += size

    def _update(self, old: Kept | None, new: Kept) -> None:
        """A display of this cell is shown anew, the last one of its name; other cells' outputs were counted already."""
        if old is None:
            return
        if self._size - old.size + new.size > self._limit:
            self.dropped += 1
            return
        self._size += new.size - old.size
        old.output, old.size = new.output, new.size

    def clear(self, wait: bool) -> None:
        """The cell clears what it has shown, at once or (`wait`) when the next output comes."""
        self._clear_next = wait
        if not wait:
            self._kept, self._by_display, self._size, self.dropped = [], {}, 0, 0

    def finish(self) -> list[NotebookNode]:
        """The outputs that were kept, and a line on those that were not."""
        for each in self._kept:
            if each.pieces is not None:
                each.output.text = "".join(each.pieces)
        outputs = [each.output for each in self._kept if each.pieces != []]
        if self.dropped:
            text = f"this cell printed or drew more than {self._limit} bytes; what it computed counts"
            outputs.append(new_output("stream", name="stderr", text=f"[not all is kept: {text}]\n"))
        return outputs


def size_of(data: Any) -> int:
    return len(json.dumps(data))


def keep_outputs(cell: NotebookNode, left: int) -> int:
    """Keep the outputs of a cell that ran if they have no more than `left` bytes as JSON. Returns what they have."""
    size = size_of(cell.outputs)
    if size <= left:
        return size
    text = "[not kept: the cells of this notebook have printed too much together]\n"
    cell.outputs = [new_output("stream", name="stderr", text=text)]
    return 0
