"""The warm server, seen from the grader.

with WarmServer(lab) as server:
    NotebookClient(notebook, km=server.kernel_manager()).execute()
"""

from __future__ import annotations

import compileall
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode
from types import TracebackType

from jupyter_client.kernelspec import KernelSpec

from . import bubblewrap, kernels
from .box.limits import Limits

START_TIMEOUT = 120.0


class ServerFailed(RuntimeError):
    """The warm server could not start. The message says why."""


class WarmServer:
    """Starts the server for a lab and stops it, with all its kernels.

    `lab` is a folder with the files that a notebook of a student finds beside it; they become readable for
    hostile code. `tools` is a package that takes the place of the one of that name in `lab`. Start it in a thread
    that lasts: bubblewrap ends it with the thread that started it.
    Other processes can use it too: a `spec` can be pickled, and is all that `kernels.start_kernel` needs.
    """

    def __init__(
        self, lab: Path, limits: Limits | None = None, unsafe: bool = False, tools: Path | None = None
    ) -> None:
        self.lab = lab
        self.tools = tools
        self.limits = limits or Limits()
        self.unsafe = unsafe
        self.folder: Path | None = None
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
        if self.folder is None:
            raise ServerFailed("the warm server was not started")
        return kernels.kernel_spec(self.folder / "server", self.folder / "kernels", self.limits, self.unsafe)

    def kernel_manager(self) -> kernels.WarmKernelManager:
        """A manager for a new kernel, to be given to nbclient."""
        return kernels.kernel_manager(self.spec)

    async def start_kernel(self) -> tuple[kernels.WarmKernelManager, kernels.WarmKernelClient]:
        """A running kernel and a client. End both with `kernels.stop_kernel`."""
        return await kernels.start_kernel(self.spec)

    def start(self) -> None:
        """Start the server, and wait until it is warm. A second start begins anew."""
        self.stop()
        self.folder = Path(tempfile.mkdtemp(prefix="warm-", dir=short_folder()))
        (self.folder / "kernels").mkdir()
        (self.folder / "kernels").chmod(0o711)
        copy_lab(self.lab, self.folder / "lab", self.tools)
        self._lifeline, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener, theirs:
            listener.bind(str(self.folder / "server"))
            listener.listen(64)
            try:
                self._spawn(listener.fileno(), theirs)
            except OSError as error:
                self.stop()
                raise ServerFailed(f"the warm server did not start: {error}") from error
        self._lifeline.settimeout(START_TIMEOUT)
        try:
            answer = self._lifeline.recv(16)
        except TimeoutError:
            answer = b""
        if answer != b"ready":
            log = (self.folder / "log").read_text(errors="replace").strip()
            self.stop()
            raise ServerFailed(f"the warm server did not start: {log[-2000:] or 'it took too long'}")

    def _spawn(self, listener: int, lifeline: socket.socket) -> None:
        assert self.folder is not None
        environment = bubblewrap.environment() | {"AUTOGRADER_LAB": str(self.folder / "lab")}
        if self.unsafe:
            (self.folder / "tmp").mkdir()
            environment |= {"HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp")}
            del environment["MPLCONFIGDIR"]
        mode = "unsafe" if self.unsafe else "safe"
        command = bubblewrap.server_command(mode, self.folder / "lab", self.folder / "kernels", listener)
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=lifeline.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=environment,
                cwd="/",
                pass_fds=[listener],
                start_new_session=True,
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
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def short_folder() -> str:
    """A folder for sockets, whose whole path must have less than 100 characters."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) < 50 else "/tmp"


def copy_lab(lab: Path, copy: Path, tools: Path | None) -> None:
    """Copy the lab's files and the tools, readable for all, with the modules compiled: kernels cannot keep them so."""
    unwanted = shutil.ignore_patterns("*.ipynb", "__pycache__", ".*")
    shutil.copytree(lab, copy, ignore=unwanted, copy_function=shutil.copyfile)
    if tools:
        shutil.rmtree(copy / tools.name, ignore_errors=True)
        shutil.copytree(tools, copy / tools.name, ignore=unwanted, copy_function=shutil.copyfile)
    compileall.compile_dir(copy, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
