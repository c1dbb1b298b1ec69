"""The warm server: it imports everything once and then forks a kernel for each request.

At the level "full" it runs inside bubblewrap (see bubblewrap.py). It talks with graders over
SOCK_SEQPACKET: a connection is the life of one kernel. The grader sends

    {"connection": {...}, "directory": "k0", "limits": {...}, "ports": [1, 2, 3, 5]}

with the listening sockets of these ports, and gets {} with a pidfd of the kernel. When the kernel has
ended it gets {"status": exit code or -signal, "cpu": seconds}; {"error": text} says why there is no kernel.
When the connection ends, so does the kernel. When standard input ends, so does the server.
"""

from __future__ import annotations

import os
import resource
import selectors
import socket
import sys
from pathlib import Path
from typing import Any

from . import layout
from .birth import Births, Kernel, Order
from .layout import FULL, MESSAGE_LIMIT
from .messages import tell
from .trial import own_namespaces, try_out


class Server:
    def __init__(self, listener: socket.socket, level: str, packages: list[str]) -> None:
        self.listener = listener
        lab = os.environ.get("AUTOGRADER_LAB", layout.LAB)
        self.births = Births(warm_app(Path(lab), packages), level, lab, self.let_go)
        self.selector = selectors.DefaultSelector()
        self.kernels: dict[int, Kernel] = {}

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
                kernel.end()
                self.selector.unregister(grader)
            elif data and not flags & socket.MSG_TRUNC:
                self.start(Order.read(grader, data, descriptors))
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

    def start(self, order: Order) -> None:
        """Fork a kernel for a grader."""
        kernel = self.births.kernel(order, {kernel.user for kernel in self.kernels.values() if kernel.user})
        self.kernels[order.grader.fileno()] = kernel
        self.selector.register(kernel.pidfd, selectors.EVENT_READ, self.bury)

    def bury(self, pidfd: int) -> None:
        """A kernel has ended: tell its grader how, and let go of both."""
        kernel = next(kernel for kernel in self.kernels.values() if kernel.pidfd == pidfd)
        _, status, usage = os.wait4(kernel.pid, 0)
        cpu = round(usage.ru_utime + usage.ru_stime, 4)
        tell(kernel.grader, {"status": os.waitstatus_to_exitcode(status), "cpu": cpu})
        self.selector.unregister(pidfd)
        os.close(pidfd)
        del self.kernels[kernel.grader.fileno()]
        if kernel.grader in self.selector.get_map():
            self.selector.unregister(kernel.grader)
        kernel.grader.close()
        if kernel.lifeline:
            kernel.lifeline.close()

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


def warm_app(lab: Path, packages: list[str]) -> Any:
    """Import everything and build a kernel. Nobody completes or debugs in here, and these two are large."""
    sys.modules.update({"debugpy": None, "jedi": None})  # type: ignore[dict-item]
    from .kernelapp import WarmKernelApp

    app = WarmKernelApp.instance()
    app.warm(lab, packages)
    return app


def main() -> None:
    """Arguments: a level, the file number of the listening socket, and packages to import, with commas between them.

    Or "try", a level and a folder to try it in.
    """
    trial = sys.argv[1] == "try"
    level = sys.argv[2] if trial else sys.argv[1]
    if level == FULL:
        own_namespaces()
    status = 0
    if trial:
        status = try_out(level, sys.argv[3])
    else:
        Server(socket.socket(fileno=int(sys.argv[2])), level, [name for name in sys.argv[3].split(",") if name]).run()
    os._exit(status)
