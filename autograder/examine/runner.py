"""nbclient, which here runs one cell at a time and takes of its messages only what is known and in order."""

from __future__ import annotations

import asyncio
from typing import Any

import nbclient
from jupyter_core.utils import ensure_async
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.examine.outputs import KINDS, CellOutputs
from autograder.examine.waiting import CodeTime


class Runner(nbclient.NotebookClient):
    """nbclient with limits on what a cell prints: see outputs.py. One that prints without end is stopped."""

    output_limit = 0
    endless = 0  # bytes, kept or not, after which a cell is stopped
    outputs = CellOutputs(0)
    stopped = False
    time: CodeTime

    def begin(self, time: CodeTime) -> None:
        """Another cell is going to run."""
        self.outputs = CellOutputs(self.output_limit)
        self.stopped = False
        self.time = time

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict[str, Any] | None:
        """The time of a cell is over: it ends, or (None) has the same time again."""
        if self.time.again(timeout):
            return None
        return await super()._async_handle_timeout(timeout, cell)

    def collected(self) -> list[NotebookNode]:
        """What the cell printed and drew."""
        text = f"[stopped: this cell printed more than {self.endless} bytes]\n"
        stop = [new_output("stream", name="stderr", text=text)] if self.stopped else []
        return [*self.outputs.finish(), *stop]

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        """Take a message of the kernel. Widgets are not graded, and nothing in a message is an error of ours."""
        kind, content = msg["msg_type"], msg["content"]
        if kind in KINDS and not self.stopped:
            self.outputs.take(kind, content)
            if self.outputs.sent > self.endless:
                self.stopped = True
                asyncio.ensure_future(self.stop_printing())
        elif kind == "clear_output":
            self.outputs.clear(bool(content.get("wait")))
        elif kind == "execute_input" and isinstance(content.get("execution_count"), int):
            cell["execution_count"] = content["execution_count"]
        elif kind == "status" and content.get("execution_state") == "idle":
            raise CellExecutionComplete()
        return None

    async def stop_printing(self) -> None:
        if self.km is not None:
            await ensure_async(self.km.interrupt_kernel())
