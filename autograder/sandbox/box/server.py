"""The warm server: it imports everything once and then forks a kernel for each request.

It runs inside bubblewrap (see bubblewrap.py), and talks with graders over SOCK_SEQPACKET: a connection is
the life of one kernel. The grader sends

    {"connection": {...}, "directory": "k0", "limits": {...}, "ports": [1, 2, 3, 5]}

with the listening sockets of these ports, and gets {} with a pidfd of the kernel. When the kernel has
ended it gets {"status": exit code or -signal, "cpu": seconds}; {"error": text} says why there is no kernel.
When the connection ends, so does the kernel. When standard input ends, so does the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import confine, layout, libc
from .layout import MESSAGE_LIMIT
from .limits import Limits


@dataclass
class Kernel:
    """A running kernel: its process, and the connection with the grader that asked for it."""

    pid: int
    pidfd: int
    grader: socket.socket


class Server:
    def __init__(self, listener: socket.socket, safe: bool) -> None:
        self.listener = listener
        self.safe = safe
        self.app = warm_app()
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, Kernel] = {}
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def run(self) -> None:
        """Serve until standard input ends."""
        lifeline = socket.socket(fileno=os.dup(0))
        self.selector.register(lifeline, selectors.EVENT_READ, self.stop)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        lifeline.send(b"ready")
        self.running = True
        while self.running:
            for key, _ in self.selector.select()[:1]:  # it may close what the next ones are about
                key.data(key.fileobj)

    def stop(self, _: Any) -> None:
        self.running = False

    def accept(self, listener: socket.socket) -> None:
        grader, _ = listener.accept()
        self.selector.register(grader, selectors.EVENT_READ, self.hear)

    def hear(self, grader: socket.socket) -> None:
        """A grader asks for a kernel, or is gone: then its kernel is killed."""
        kernel = self.kernels.get(grader.fileno())
        try:
            data, descriptors, flags, _ = socket.recv_fds(grader, MESSAGE_LIMIT, 16)
        except OSError:
            data, descriptors, flags = b"", [], 0
        try:
            if kernel:
                os.kill(kernel.pid, signal.SIGKILL)
                self.selector.unregister(grader)
            elif data and not flags & socket.MSG_TRUNC:
                self.start(grader, json.loads(data), descriptors)
            else:
                self.forget(grader)
        except (OSError, ValueError, KeyError, TypeError) as error:
            tell(grader, {"error": f"{type(error).__name__}: {error}"})
            self.forget(grader)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def forget(self, grader: socket.socket) -> None:
        self.selector.unregister(grader)
        grader.close()

    def start(self, grader: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
        """Fork a kernel for a grader."""
        limits = Limits.from_dict(request["limits"])
        listeners = dict(zip(request["ports"], descriptors, strict=True))
        if self.safe:
            libc.unshare(libc.CLONE_NEWPID)
        try:
            pid = os.fork()
            if pid == 0:
                self.become_kernel(grader, request, limits, listeners)
        finally:
            if self.safe:
                libc.setns(self.own_pids, libc.CLONE_NEWPID)
        kernel = Kernel(pid, os.pidfd_open(pid), grader)
        self.kernels[grader.fileno()] = kernel
        self.selector.register(kernel.pidfd, selectors.EVENT_READ, self.bury)
        tell(grader, {}, [kernel.pidfd])

    def bury(self, pidfd: int) -> None:
        """A kernel has ended: tell its grader how, and let go of both."""
        kernel = next(kernel for kernel in self.kernels.values() if kernel.pidfd == pidfd)
        _, status, usage = os.wait4(kernel.pid, 0)
        if not self.safe:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(kernel.pid, signal.SIGKILL)
        cpu = round(usage.ru_utime + usage.ru_stime, 4)
        tell(kernel.grader, {"status": os.waitstatus_to_exitcode(status), "cpu": cpu})
        self.selector.unregister(pidfd)
        os.close(pidfd)
        del self.kernels[kernel.grader.fileno()]
        if kernel.grader in self.selector.get_map():
            self.selector.unregister(kernel.grader)
        kernel.grader.close()

    def become_kernel(
        self, grader: socket.socket, request: dict[str, Any], limits: Limits, listeners: dict[int, int]
    ) -> NoReturn:
        """In the forked process: let go of everything of the server, be confined, run the kernel."""
        status = 1
        try:
            try:
                self.let_go({grader.fileno(), *listeners.values()})
                if self.safe:
                    confine.confine(limits, request["directory"])
                else:
                    confine.confine_loosely(limits, request["directory"])
                self.app.wake(request["connection"], listeners)
            except BaseException:
                tell(grader, {"error": traceback.format_exc(limit=-3)})
                raise
            grader.close()
            self.app.start()
            status = 0
        finally:
            os._exit(status)

    def let_go(self, kept: set[int]) -> None:
        """Close all files of the server, and have /dev/null for input and output."""
        self.selector.close()
        self.listener.close()
        nothing = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        start = 3
        for descriptor in sorted(kept):
            os.closerange(start, descriptor)
            start = descriptor + 1
        os.closerange(start, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def tell(grader: socket.socket, message: dict[str, Any], descriptors: list[int] | None = None) -> None:
    """Send a message to a grader that may be gone."""
    with contextlib.suppress(OSError):
        socket.send_fds(grader, [json.dumps(message).encode()], descriptors or [])


def warm_app() -> Any:
    """Import everything and build a kernel. Nobody completes or debugs in here, and these two are large."""
    sys.modules.update({"debugpy": None, "jedi": None})  # type: ignore[dict-item]
    from .kernelapp import WarmKernelApp

    app = WarmKernelApp.instance()
    app.warm(Path(os.environ.get("AUTOGRADER_LAB", layout.LAB)))
    return app


def own_namespaces() -> None:
    """Go on as the first process of a pid namespace, in a user namespace where this user may make more."""
    confine.leave_root()
    confine.enter_user_namespace(libc.CLONE_NEWPID)
    child = os.fork()
    if child:
        os.closerange(0, 1024)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


def try_out() -> int:
    """Confine a child, and return its exit code: 0 when that works. It writes to stderr why not."""
    libc.unshare(libc.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        try:
            confine.confine(Limits(), ".")
        except OSError as error:
            os.write(2, str(error).encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Arguments: "safe", "unsafe" or "try", and the file number of the listening socket."""
    mode = sys.argv[1]
    if mode != "unsafe":
        own_namespaces()
    status = 0
    if mode == "try":
        status = try_out()
    else:
        Server(socket.socket(fileno=int(sys.argv[2])), safe=mode == "safe").run()
    os._exit(status)
