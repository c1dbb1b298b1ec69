"""The warm server, seen from the grader.

with WarmServer(lab) as server:
    NotebookClient(notebook, km=server.kernel_manager()).execute()
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.kernelspec import KernelSpec

from . import bubblewrap, kernels
from .box.layout import FULL, SHARED
from .box.limits import Limits
from .folders import Folders

START_TIMEOUT = 120.0


class ServerFailed(RuntimeError):
    """The warm server could not start. The message says why."""


class WarmServer:
    """Starts the server for a lab and stops it, with all its kernels.

    `level` is one of layout.LEVELS. `lab` is a folder with the files that a notebook of a student finds beside it;
    they become readable for hostile code. `tools` is a package whose modules take the place of those in `lab`.
    `packages`: what the lab imports; kernels start with those of them that can be shared.
    Start it in a thread that lasts: bubblewrap ends it with the thread that started it. Other processes can use it
    too: a `spec` can be pickled, and is all that `kernels.start_kernel` needs.
    """

    def __init__(
        self,
        lab: Path,
        limits: Limits | None = None,
        level: str = FULL,
        tools: Path | None = None,
        packages: Sequence[str] = SHARED,
    ) -> None:
        self.lab = lab
        self.tools = tools
        self.packages = [name for name in SHARED if name in packages]
        self.limits = limits or Limits()
        self.level = level
        self.folders: Folders | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline: socket.socket | None = None

    def __enter__(self) -> WarmServer:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def spec(self) -> KernelSpec:
        """The server's kernel, for `kernels.start_kernel` and `kernels.kernel_manager`."""
        if self.folders is None:
            raise ServerFailed("the warm server was not started")
        return kernels.kernel_spec(self.folders.socket, self.folders.kernels, self.limits, self.level)

    def kernel_manager(self) -> kernels.WarmKernelManager:
        """A manager for a new kernel, to be given to nbclient."""
        return kernels.kernel_manager(self.spec)

    async def start_kernel(self) -> tuple[kernels.WarmKernelManager, kernels.WarmKernelClient]:
        """A running kernel and a client. End both with `kernels.stop_kernel`."""
        return await kernels.start_kernel(self.spec)

    def start(self) -> None:
        """Start the server, and wait until it is warm. A second start begins anew."""
        self.stop()
        self.folders = Folders(self.lab, self.tools)
        self._lifeline, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, theirs:
            listener.bind(str(self.folders.socket))
            listener.listen(64)
            try:
                self._spawn(self.folders, listener.fileno(), theirs)
            except OSError as error:
                self.stop()
                raise ServerFailed(f"the warm server did not start: {error}") from error
        self._lifeline.settimeout(START_TIMEOUT)
        try:
            answer = self._lifeline.recv(16)
        except TimeoutError:
            answer = b""
        if answer != b"ready":
            log = self.folders.log.read_text(errors="replace").strip()
            self.stop()
            raise ServerFailed(f"the warm server did not start: {log[-2000:] or 'it took too long'}")

    def _spawn(self, folders: Folders, listener: int, lifeline: socket.socket) -> None:
        environment = bubblewrap.environment()
        user: dict[str, Any] = {}
        arguments = (self.level, str(listener), ",".join(self.packages))
        if self.level == FULL:
            user = bubblewrap.user()
            command = bubblewrap.room_command(folders.code, folders.lab, folders.kernels, *arguments)
        else:
            command = bubblewrap.python_command(str(folders.code), *arguments)
            environment |= {"HOME": str(folders.home), "TMPDIR": str(folders.home), "AUTOGRADER_LAB": str(folders.lab)}
            del environment["MPLCONFIGDIR"]
        with open(folders.log, "wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=lifeline.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment,
                cwd="/",
                pass_fds=[listener],
                start_new_session=True,
                **user,
            )

    def stop(self) -> None:
        """Stop the server and all its kernels."""
        if self._lifeline:
            self._lifeline.close()
            self._lifeline = None
        if self._process:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self.folders:
            self.folders.remove()
            self.folders = None
