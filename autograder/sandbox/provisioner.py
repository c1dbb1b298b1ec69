"""Jupyter's way to a kernel of the warm server: a kernel provisioner named `autograder-warm`."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Dict, Unicode

from . import cgroup
from .box import layout
from .box.layout import MESSAGE_LIMIT
from .box.limits import Limits
from .box.remove import remove_folder
from .descriptors import listen, pid_of, readable
from .watch import Watched, too_much, watchdog

#: The "ports" of the ipc transport: endings of file names. Nobody listens for heartbeats: see `poll`.
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}
LISTENING = [1, 2, 3, 5]
ANSWER_TIMEOUT = 20.0


class KernelRefused(RuntimeError):
    """The warm server is gone, or could not make a kernel."""


class WarmProvisioner(KernelProvisionerBase):
    """Gets a kernel from the warm server and holds on to it by a pidfd.

    `directory` is shared with the kernel, which sees it as `inside`, and may only read it and connect to
    sockets in it. `fate` says in words how a kernel ended that was not asked to end; `cpu_seconds` what
    it used; both are there once it has ended.
    """

    server_address = Unicode(help="the server's socket")
    directories = Unicode(help="the folder for the directories of kernels")
    limits: Any = Dict(help="see limits.py")
    level = Unicode(layout.FULL, help="see layout.LEVELS")

    parent: Any
    connection_info: Any
    directory: Path | None = None
    pid = 0
    fate: str | None = None
    cpu_seconds: float | None = None
    _pidfd = -1
    _server: socket.socket | None = None
    _asked_to_end = False
    _cgroup: cgroup.Cgroup | None = None
    _watched: Watched | None = None

    @property
    def inside(self) -> str:
        return layout.KERNEL if self.level == layout.FULL else str(self.directory)

    @property
    def has_process(self) -> bool:
        return self._pidfd >= 0

    @property
    def gives_way(self) -> bool:
        """Whether it is so busy that it has to give way to other kernels."""
        return self._watched is not None and self._watched.gives_way

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the place of the kernel's sockets. Neither a command nor the environment is used."""
        if self.directory is None:
            self.directory = Path(tempfile.mkdtemp(prefix="k", dir=self.directories))
            self.directory.chmod(0o755)
        session = self.parent.session
        self.connection_info = {
            "transport": "ipc",
            "ip": str(self.directory / "z"),
            "key": session.key,
            "signature_scheme": session.signature_scheme,
            **PORTS,
        }
        self.parent.connection_file = str(self.directory / "connection.json")
        return {"cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        assert self.directory is not None
        self.fate, self.cpu_seconds, self._asked_to_end = None, None, False
        listeners = [listen(Path(f"{self.connection_info['ip']}-{port}")) for port in LISTENING]
        request = {
            "connection": {**self.connection_info, "key": self.connection_info["key"].decode()},
            "directory": self.directory.name if self.level == layout.FULL else str(self.directory),
            "limits": self.limits,
            "ports": LISTENING,
        }
        server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            server.connect(self.server_address)
            socket.send_fds(server, [json.dumps(request).encode()], [each.fileno() for each in listeners])
            await readable(server.fileno(), ANSWER_TIMEOUT)
            data, descriptors, _, _ = socket.recv_fds(server, MESSAGE_LIMIT, 1)
        except OSError as error:
            server.close()
            raise KernelRefused(f"the warm server does not answer: {error}") from error
        finally:
            for each in listeners:
                each.close()
        if not descriptors:
            server.close()
            raise KernelRefused(f"the warm server made no kernel: {data.decode() or 'it is gone'}")
        self._server, self._pidfd = server, descriptors[0]
        self.pid = pid_of(self._pidfd)
        if self.pid > 0:
            whole = self.level == layout.FULL
            scratch = None if whole else self.directory / "scratch"
            follows_user = not whole and os.stat(f"/proc/{self.pid}").st_uid == os.getuid()
            limits = Limits.from_dict(self.limits)
            self._cgroup = cgroup.make(self.pid, limits.memory_bytes)
            self._watched = Watched(self.pid, limits, self._stop, whole, self._cgroup, scratch, follows_user)
            watchdog.add(self._watched)
        return self.connection_info

    async def poll(self) -> int | None:
        if self._pidfd < 0:
            return 0
        return self._buried() if await readable(self._pidfd, 0) else None

    async def wait(self) -> int | None:
        if self._pidfd < 0:
            return 0
        await readable(self._pidfd)
        return self._buried()

    async def ended(self) -> None:
        """Wait until the kernel has ended, by itself or not: to race against a reply."""
        if self._pidfd >= 0:
            await readable(self._pidfd)

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's main process (which is its pid namespace's init)."""
        if self.parent.shutting_down and signum == signal.SIGINT:
            return  # jupyter_client's habit before a shutdown; ours is a kill
        self._signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel with all its processes, and wait until they are gone."""
        self._asked_to_end = True
        self._signal(signal.SIGKILL)
        if self._pidfd >= 0:
            await readable(self._pidfd, 5)

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Nothing in a kernel is worth a farewell."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        if self._pidfd >= 0:
            await self.kill()
            self._buried()
        if self.directory and not restart:
            remove_folder(str(self.directory))
            self.directory = None

    def _signal(self, signum: int) -> None:
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signum)

    def _stop(self, reason: str) -> None:
        """The watchdog found the kernel over a limit. (Called in its thread.)"""
        self.fate = f"stopped: {reason}"
        self._signal(signal.SIGKILL)

    def _buried(self) -> int:
        """The process has ended: learn how from the server, and let go of it."""
        assert self._server is not None
        watchdog.remove(self.pid)
        end: dict[str, Any] = {}
        self._server.settimeout(2)
        try:
            while "status" not in end and (data := self._server.recv(MESSAGE_LIMIT)):
                end |= json.loads(data)
        except (OSError, ValueError):
            pass  # the server is gone too
        self._server.close()
        os.close(self._pidfd)
        self._server, self._pidfd = None, -1
        self.cpu_seconds = end.get("cpu")
        if not self._asked_to_end:
            over = self._cgroup is not None and self._cgroup.over_limit()
            self.fate = self.fate or (f"stopped: {too_much(Limits.from_dict(self.limits))}" if over else describe(end))
        if self._cgroup is not None:
            self._cgroup.remove()
            self._cgroup = None
        return int(end.get("status", -signal.SIGKILL))


def describe(end: dict[str, Any]) -> str:
    """The server's word on the end of a kernel, for people."""
    if "error" in end:
        return f"it could not be confined: {end['error']}"
    status = end.get("status")
    if status is None:
        return "the warm server ended"
    if status in (-signal.SIGXCPU, -signal.SIGKILL) and end["cpu"] >= 1:
        return f"killed by {signal.Signals(-status).name} after {end['cpu']:.0f} s of CPU time"
    if status < 0:
        return f"died of {signal.Signals(-status).name}"
    return f"ended itself with exit code {status}"
