"""The student's kernel: it runs the student's cells, and is there for questions (see questions.py).

Nothing here trusts the kernel. A cell or a question that takes too long is interrupted, then the kernel is
killed; a kernel that dies is started again and the earlier cells are run again without the one that killed it.
"""

from __future__ import annotations

import time
from contextlib import suppress

from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.course import TimeLimits
from autograder.examine.runner import Runner
from autograder.examine.waiting import CodeTime, waited
from autograder.examine.wall import Wall
from autograder.sandbox import kernels

GRACE = 1.0  # seconds after an interrupt, before the kernel is killed
REPLAY = 2.0  # seconds for a cell that has run out of time before, when it is run again


class OutOfTime(Exception):
    """The submission has used up its time."""


class KernelLost(Exception):
    """The kernel died, or had to be killed."""


class StudentKernel:
    """The kernel of one notebook of one submission.

    Where that one has to be `hurried`, since others wait, its time is used up once a cell or a question took too long.
    """

    def __init__(self, spec: KernelSpec, limits: TimeLimits, deadline: float, hurried: bool = False) -> None:
        self._spec = spec
        self._limits = limits
        self._deadline = deadline
        self._hurried = hurried
        self._manager: kernels.WarmKernelManager | None = None
        self._client: kernels.WarmKernelClient | None = None
        self._restarts = 0
        self.asked: set[str] = set()  # names that this kernel was asked about: they may have left threads behind
        self._ran: list[NotebookNode] = []  # cells that ran, for a replay
        self._slow: set[int] = set()  # those of them that ran out of time, by identity
        self.log: list[str] = []

    async def start(self) -> None:
        self._manager, self._client = await kernels.start_kernel(self._spec)
        notebook = NotebookNode(cells=[], metadata={})
        self._runner = Runner(
            notebook, km=self._manager, timeout=1, interrupt_on_timeout=False, allow_errors=True, iopub_timeout=2
        )
        self._runner.kc = self._client
        self._runner.output_limit = self._limits.output_bytes
        self._runner.endless = self._limits.endless_bytes
        self.asked = set()
        directory = self._manager.provisioner.directory
        assert directory is not None
        self.wall = Wall(directory / "wall")

    async def stop(self) -> None:
        if self._manager is not None and self._client is not None:
            self.wall.close()
            await kernels.stop_kernel(self._manager, self._client)
        self._manager = self._client = None

    # ------------------------------------------------------------------ running cells

    async def run(self, cell: NotebookNode) -> None:
        """Run a cell of the student. Its outputs, or the reason why there are none, are put into the cell.

        A cell that fails in a kernel that has answered questions gets a second chance in a new one: a
        thread that an answer left behind is not the cell's fault.
        """
        asked = bool(self.asked)
        trouble = await self._try(cell)
        if trouble and asked:
            if self.asked:
                await self.revive()
            trouble = await self._try(cell)
        if trouble:
            cell.outputs.append(new_output("stream", name="stderr", text=f"[{trouble}]\n"))
            self.log.append(f"cell {cell.get('id')}: {trouble}")

    @property
    def result(self) -> str | None:
        """The value of the last line of the cell that ran last, as text. It is what the student's process says."""
        return self._runner.outputs.result

    async def _try(self, cell: NotebookNode) -> str:
        """Run a cell. Returns the empty text, or why it did not come to its end."""
        try:
            finished = await self._execute(cell, self._limits.cell_seconds)
        except KernelLost as lost:
            await self.revive()
            return str(lost)
        self._ran.append(cell)
        if self._runner.stopped:
            self.log.append(f"cell {cell.get('id')}: stopped, since it printed without end")
        if finished:
            return ""
        self._slow.add(id(cell))
        return f"stopped: this cell took longer than {self._limits.cell_seconds:g} seconds"

    async def _execute(self, cell: NotebookNode, seconds: float) -> bool:
        """Run a cell. Returns False if it had to be interrupted. KernelLost if the kernel is gone."""
        seconds = min(seconds, self._time_left())
        self._runner.timeout_func = lambda cell: seconds  # type: ignore[assignment]
        self._runner.begin(self.code_time())
        index = len(self._runner.nb.cells)
        self._runner.nb.cells.append(cell)
        try:
            await self._runner.async_execute_cell(cell, index)
            return True
        except CellTimeoutError:
            self.took_too_long()
            await self._interrupt()
            return False
        except Exception as error:  # a dead kernel, or forged messages that nbclient cannot read
            raise KernelLost(f"the kernel ended in this cell ({type(error).__name__})") from None
        finally:
            cell.outputs = self._runner.collected()

    async def _interrupt(self) -> None:
        """Interrupt the running cell. KernelLost if the kernel goes on regardless."""
        assert self._manager is not None and self._client is not None
        await self._manager.interrupt_kernel()
        message = self._client.execute("", silent=True)
        grace = self.code_time()
        while True:
            until = time.monotonic() + GRACE
            while (left := until - time.monotonic()) > 0:
                with suppress(Exception):
                    reply = await self._client.get_shell_msg(timeout=left)
                    if reply["parent_header"].get("msg_id") == message:
                        return
            if not grace.again(GRACE):
                break
        raise KernelLost("stopped: this cell did not heed the interrupt, so its kernel was ended")

    def code_time(self) -> CodeTime:
        """The time of a cell or a question that begins now."""
        return CodeTime(lambda: self.waited() + waited("thread-self"), self._deadline)

    def waited(self) -> float:
        """The seconds that its process has waited for a core; 0 if its own other processes are what it waits for."""
        if self._manager is None or self._manager.provisioner.gives_way:
            return 0.0
        return waited(self._manager.provisioner.pid)

    def took_too_long(self) -> None:
        """A cell or a question came to its limit of time. OutOfTime if it has to hurry: it will have another turn."""
        if self._hurried:
            self._deadline = 0.0
            self._time_left()

    @property
    def out_of_time(self) -> bool:
        return time.monotonic() >= self._deadline

    async def revive(self) -> None:
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
        if self.out_of_time:
            raise OutOfTime(f"it took longer than {self._limits.submission_seconds:g} seconds")
        return left

    # ------------------------------------------------------------------ for questions (see questions.py)

    async def come_to_the_wall(self) -> None:
        """Have the kernel connect to the wall."""
        assert self._manager is not None and self._client is not None
        path = f"{self._manager.provisioner.inside}/wall"
        code = f"__import__('labtools.answering').answering.answer_calls({path!r}, globals())"
        self._client.execute(code, silent=True, store_history=False)

    async def interrupt(self) -> None:
        assert self._manager is not None
        await self._manager.interrupt_kernel()

    def seconds_for_call(self) -> float:
        """How long a question may take. OutOfTime if the submission has used up its time."""
        return min(self._limits.call_seconds, self._time_left())
