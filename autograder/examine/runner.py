"""nbclient with limits on what a cell prints, and all cells of a notebook together."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import nbclient
from jupyter_core.utils import ensure_async
from nbformat import NotebookNode
from nbformat.v4 import new_output


class Runner(nbclient.NotebookClient):
    """nbclient with a limit on what a cell prints, enforced while it prints."""

    output_limit = 0
    printed = 0

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            before, self.printed = self.printed, self.printed + len(json.dumps(msg["content"], default=str))
            if self.printed > self.output_limit:
                if before <= self.output_limit:
                    text = f"\n[stopped: this cell printed more than {self.output_limit} bytes]\n"
                    cell.outputs.append(new_output("stream", name="stderr", text=text))
                    asyncio.ensure_future(self.stop_printing())
                return None
        if msg["msg_type"].startswith("comm"):
            return None  # widgets are not graded
        return super().process_message(msg, cell, cell_index)

    async def stop_printing(self) -> None:
        if self.km is not None:
            await ensure_async(self.km.interrupt_kernel())


def keep_outputs(cell: NotebookNode, left: int) -> int:
    """Keep the outputs of a cell that ran if they have no more than `left` bytes as JSON. Returns what they have."""
    size = len(json.dumps(cell.outputs))
    if size <= left:
        return size
    text = "[not kept: the cells of this notebook have printed too much together]\n"
    cell.outputs = [new_output("stream", name="stderr", text=text)]
    return 0
