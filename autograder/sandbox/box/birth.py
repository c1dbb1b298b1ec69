"""How the server makes a kernel: it forks, lets go of what it has, shuts itself in, and becomes the kernel.

With namespaces the fork is the first process of a pid namespace. Without, a keeper stands between (see keeper.py).
"""

from __future__ import annotations

import json
import os
import signal
import socket
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NoReturn

from . import confine, keeper, libc, reduced, users
from .layout import FULL, REDUCED
from .limits import Limits
from .messages import tell


@dataclass(frozen=True)
class Order:
    """What a grader asks for: a kernel with this connection, directory and limits. `listeners`: port → socket."""

    grader: socket.socket
    connection: dict[str, Any]
    directory: str
    limits: Limits
    listeners: dict[int, int]

    @classmethod
    def read(cls, grader: socket.socket, data: bytes, descriptors: list[int]) -> Order:
        """ValueError, KeyError or TypeError for what is no order."""
        request = json.loads(data)
        listeners = dict(zip(request["ports"], descriptors, strict=True))
        return cls(grader, request["connection"], request["directory"], Limits.from_dict(request["limits"]), listeners)


@dataclass
class Kernel:
    """A running kernel: its process, and the connection with the grader that asked for it.

    Without namespaces the process is the kernel's keeper, which ends when its `lifeline` does.
    """

    pid: int
    pidfd: int
    grader: socket.socket
    lifeline: socket.socket | None = None
    user: int | None = None

    def end(self) -> None:
        """Kill it, with all that it has started."""
        if self.lifeline:
            self.lifeline.close()
        else:
            os.kill(self.pid, signal.SIGKILL)


class Births:
    """Makes kernels at a level. `let_go` closes the server's files in a fork, but those whose numbers it is given."""

    def __init__(self, app: Any, level: str, lab: str, let_go: Callable[[set[int]], None]) -> None:
        self.app = app
        self.level = level
        self.lab = lab
        self.let_go = let_go
        self.throw_away = level == REDUCED and users.can_be_had()
        self.reads_all = self.throw_away and users.reads_python(users.FIRST) is not None
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def kernel(self, order: Order, taken: Collection[int]) -> Kernel:
        """Make the kernel of an order. Users that are `taken` have kernels already."""
        return self._in_namespaces(order) if self.level == FULL else self._kept(order, taken)

    def _in_namespaces(self, order: Order) -> Kernel:
        libc.unshare(libc.CLONE_NEWPID)
        try:
            pid = os.fork()
            if pid == 0:
                self.let_go({order.grader.fileno(), *order.listeners.values()})
                self._become(order, lambda: confine.confine(order.limits, order.directory))
        finally:
            libc.setns(self.own_pids, libc.CLONE_NEWPID)
        kernel = Kernel(pid, os.pidfd_open(pid), order.grader)
        tell(order.grader, {}, [kernel.pidfd])
        return kernel

    def _kept(self, order: Order, taken: Collection[int]) -> Kernel:
        user = users.free(taken) if self.throw_away else None
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            try:
                self.let_go({order.grader.fileno(), theirs.fileno(), *order.listeners.values()})
                self._keep(order, theirs, user)
            finally:
                os._exit(1)
        theirs.close()
        return Kernel(pid, os.pidfd_open(pid), order.grader, ours, user)

    def _keep(self, order: Order, lifeline: socket.socket, user: int | None) -> NoReturn:
        def start(to_keeper: socket.socket) -> NoReturn:
            self._become(order, lambda: self._shut_in(order, to_keeper, user))

        def born(pidfd: int) -> None:
            tell(order.grader, {}, [pidfd])
            order.grader.close()
            for descriptor in order.listeners.values():
                os.close(descriptor)

        keeper.keep(start, born, lifeline, order.directory)

    def _shut_in(self, order: Order, to_keeper: socket.socket, user: int | None) -> None:
        reduced.settle(order.limits, order.directory, self.lab, user, self.reads_all)
        if self.level == REDUCED:
            from . import shell  # which loads Jupyter, as the server has by now

            keeper.ask_for_wall(to_keeper, f"{order.directory}/wall")
            shell.use_pipes()
            reduced.shut_in(order.directory, self.lab)

    def _become(self, order: Order, shut_in: Callable[[], None]) -> NoReturn:
        """In the forked process: be shut in, run the kernel."""
        status = 1
        try:
            try:
                shut_in()
                self.app.wake(order.connection, order.listeners)
            except BaseException:
                tell(order.grader, {"error": traceback.format_exc(limit=-3)})
                raise
            order.grader.close()
            self.app.start()
            status = 0
        finally:
            os._exit(status)
