"""The student's kernel: it runs the student's cells and answers the checks' questions (see wall.py).

Nothing here trusts the kernel. A cell or a question that takes too long is interrupted, then the kernel is
killed; a kernel that dies is started again and the earlier cells are run again without the one that killed it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.course import TimeLimits
from autograder.examine.runner import Runner
from autograder.examine.wall import Wall
from autograder.sandbox import kernels

PATIENCE = 2  # times that a name may fail to answer before it is not asked again
GRACE = 1.0  # seconds after an interrupt, before the kernel is killed
REPLAY = 2.0  # seconds for a cell that has run out of time before, when it is run again


class OutOfTime(Exception):
    """The submission has used up its time."""


class KernelLost(Exception):
    """The kernel died, or had to be killed."""


class StudentKernel:
    """The kernel of one notebook of one submission."""

    def __init__(self, spec: KernelSpec, limits: TimeLimits, deadline: float) -> None:
        self._spec = spec
        self._limits = limits
        self._deadline = deadline
        self._manager: kernels.WarmKernelManager | None = None
        self._client: kernels.WarmKernelClient | None = None
        self._wall: Wall | None = None
        self._restarts = 0
        self._deaf = 0  # times that a kernel did not even begin to answer
        self._asked: set[str] = set()  # names that this kernel was asked about: they may have left threads behind
        self._ran: list[NotebookNode] = []  # cells that ran, for a replay
        self._slow: set[int] = set()  # those of them that ran out of time, by identity
        self._failures: Counter[str] = Counter()
        self.log: list[str] = []

    async def start(self) -> None:
        self._manager, self._client = await kernels.start_kernel(self._spec)
        notebook = NotebookNode(cells=[], metadata={})
        self._runner = Runner(
            notebook, km=self._manager, timeout=1, interrupt_on_timeout=False, allow_errors=True, iopub_timeout=2
        )
        self._runner.kc = self._client
        self._runner.output_limit = self._limits.output_bytes
        self._asked = set()
        directory = self._manager.provisioner.directory
        assert directory is not None
        self._wall = Wall(directory / "wall")
        await self._wall.open()

    async def stop(self) -> None:
        if self._wall is not None:
            self._wall.close()
            self._wall = None
        if self._manager is not None and self._client is not None:
            await kernels.stop_kernel(self._manager, self._client)
        self._manager = self._client = None

    # ------------------------------------------------------------------ running cells

    async def run(self, cell: NotebookNode) -> None:
        """Run a cell of the student. Its outputs, or the reason why there are none, are put into the cell.

        A cell that fails in a kernel that has answered questions gets a second chance in a new one: a
        thread that an answer left behind is not the cell's fault.
        """
        asked = bool(self._asked)
        trouble = await self._try(cell)
        if trouble and asked:
            if self._asked:
                await self._revive()
            trouble = await self._try(cell)
        if trouble:
            cell.outputs.append(new_output("stream", name="stderr", text=f"[{trouble}]\n"))
            self.log.append(f"cell {cell.get('id')}: {trouble}")

    async def _try(self, cell: NotebookNode) -> str:
        """Run a cell. Returns the empty text, or why it did not come to its end."""
        try:
            finished = await self._execute(cell, self._limits.cell_seconds)
        except KernelLost as lost:
            await self._revive()
            return str(lost)
        self._ran.append(cell)
        if finished:
            return ""
        self._slow.add(id(cell))
        return f"stopped: this cell took longer than {self._limits.cell_seconds:g} seconds"

    async def _execute(self, cell: NotebookNode, seconds: float) -> bool:
        """Run a cell. Returns False if it had to be interrupted. KernelLost if the kernel is gone."""
        self._runner.timeout = max(1, round(min(seconds, self._time_left())))
        self._runner.printed = 0
        index = len(self._runner.nb.cells)
        self._runner.nb.cells.append(cell)
        try:
            await self._runner.async_execute_cell(cell, index)
            return True
        except CellTimeoutError:
            await self._interrupt()
            return False
        except Exception as error:  # a dead kernel, or forged messages that nbclient cannot read
            raise KernelLost(f"the kernel ended in this cell ({type(error).__name__})") from None

    async def _interrupt(self) -> None:
        """Interrupt the running cell. KernelLost if the kernel goes on regardless."""
        assert self._manager is not None and self._client is not None
        await self._manager.interrupt_kernel()
        message = self._client.execute("", silent=True)
        until = time.monotonic() + GRACE
        while (left := until - time.monotonic()) > 0:
            with suppress(Exception):
                reply = await self._client.get_shell_msg(timeout=left)
                if reply["parent_header"].get("msg_id") == message:
                    return
        raise KernelLost("stopped: this cell did not heed the interrupt, so its kernel was ended")

    async def _revive(self) -> None:
        """Start a new kernel and run the earlier cells again; one that kills the kernel again is left out."""
        ran, self._ran = self._ran, []
        while True:
            self._restarts += 1
            if self._restarts > self._limits.restarts:
                raise OutOfTime(f"its kernel had to be started again more than {self._limits.restarts} times")
            await self.stop()
            await self.start()
            try:
                for cell in list(ran):
                    culprit = cell
                    seconds = REPLAY if id(cell) in self._slow else self._limits.cell_seconds
                    await self._execute(NotebookNode(cell, outputs=[]), seconds)
                break
            except KernelLost:
                ran = [cell for cell in ran if cell is not culprit]
        self._ran = ran

    def _time_left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise OutOfTime(f"it took longer than {self._limits.submission_seconds:g} seconds")
        return left

    # ------------------------------------------------------------------ asking questions

    async def ask(self, probe: str, name: str, arguments: Any) -> tuple[str, Any]:
        """Put one question. Returns ("answers", …), ("missing", name) or ("silent", why there is no answer).

        A name that fails after others were asked gets a second chance in a new kernel, as cells do.
        """
        if self._failures[name] >= PATIENCE:
            return "silent", f"`{name}` failed to answer and is not asked again"
        if self._deaf > PATIENCE:
            return "silent", "the code keeps its own process from answering"
        others = self._asked - {name}
        kind, what = await self._question(probe, name, arguments)
        if kind == "silent" and others:
            if self._asked:
                await self._revive()
            self._failures[name] = PATIENCE - 1
            kind, what = await self._question(probe, name, arguments)
        return kind, what

    async def _question(self, probe: str, name: str, arguments: Any) -> tuple[str, Any]:
        seconds = min(self._limits.call_seconds, self._time_left())
        try:
            kind, what = await self._exchange(probe, name, arguments, seconds)
        except TimeoutError:
            kind, what = "lost", f"`{name}` took longer than {seconds:g} seconds and did not heed the interrupt"
        except KernelLost as lost:
            kind, what = "lost", str(lost)
        except (OSError, asyncio.IncompleteReadError):
            kind, what = "lost", f"the process ended in `{name}`"
        except ValueError:
            kind, what = "lost", f"the process sent a reply that cannot be read, while it answered for `{name}`"
        if kind in ("answers", "missing"):
            return kind, what
        self._failures[name] += 1
        if kind == "lost":
            self.log.append(what)
            await self._revive()
        elif kind == "interrupted":
            what = f"`{name}` took longer than {seconds:g} seconds"
        return "silent", str(what)[:300]

    async def _exchange(self, probe: str, name: str, arguments: Any, seconds: float) -> tuple[str, Any]:
        """Put a question to the kernel. The first one asks it to come to the wall."""
        assert self._wall is not None and self._manager is not None and self._client is not None
        if not self._asked:
            path = f"{self._manager.provisioner.inside}/wall"
            code = f"__import__('labtools.asking').asking.answer_calls({path!r}, globals())"
            self._client.execute(code, silent=True, store_history=False)
        self._asked.add(name)
        try:
            await self._wall.ask(probe, name, arguments)
        except TimeoutError:
            self._deaf += 1
            raise KernelLost("the process does not answer any more") from None
        try:
            return await asyncio.wait_for(self._wall.reply(), seconds)
        except TimeoutError:
            await self._manager.interrupt_kernel()
            return await asyncio.wait_for(self._wall.reply(), GRACE)
