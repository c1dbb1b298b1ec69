"""A keeper stands between the server and a kernel that has no pid namespace: what that one starts ends with it.

Orphans of a keeper's descendants become its own children ("child subreaper"), whatever session they begin. When
the kernel has ended, or the server has let go, the keeper ends all of them, removes the scratch folder, and ends
as its kernel did. Meanwhile it is the kernel's way to the grader's socket, since a kernel may not connect to any.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from typing import NoReturn

from . import family, libc
from .remove import remove_folder

INTERVAL = 500  # milliseconds between looks for orphans that have ended
PAUSE = 0.01  # seconds for killed processes to end
WALL_SECONDS = 2.0


def keep(
    start: Callable[[socket.socket], NoReturn], born: Callable[[int], None], lifeline: socket.socket, directory: str
) -> NoReturn:
    """Be the keeper of a new kernel, in a process that was forked for this.

    `start` runs the kernel, in a child, with its end of a socket for `ask_for_wall`; `born` is told its pidfd. When
    `lifeline` ends, so does the kernel. `directory` is the kernel's, with the grader's socket `wall`.
    """
    libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kernel = os.fork()
    if kernel == 0:
        ours.close()
        lifeline.close()
        start(theirs)
    theirs.close()
    pidfd = os.pidfd_open(kernel)
    born(pidfd)
    poll = select.poll()
    for each in (pidfd, lifeline.fileno(), ours.fileno()):
        poll.register(each, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(INTERVAL)}
        if ready & {pidfd, lifeline.fileno()}:
            break
        if ours.fileno() in ready and not answer(ours, f"{directory}/wall"):
            poll.unregister(ours.fileno())
        bury_orphans(kernel)
    with contextlib.suppress(ProcessLookupError):
        os.kill(kernel, signal.SIGKILL)
    _, status = os.waitpid(kernel, 0)
    end_all()
    remove_folder(f"{directory}/scratch")
    end_like(status)


def ask_for_wall(keeper: socket.socket, target: str) -> None:
    """In a kernel: have `socket.connect` to the grader's socket at `target` go through the keeper."""
    connect = socket.socket.connect

    def connect_or_ask(self: socket.socket, address: object) -> None:
        if address != target:
            return connect(self, address)  # type: ignore[arg-type]
        keeper.send(b"wall")
        _, descriptors, _, _ = socket.recv_fds(keeper, 1, 1)
        if not descriptors:
            raise ConnectionRefusedError(f"nobody listens at {target}")
        os.dup2(descriptors[0], self.fileno(), inheritable=False)
        os.close(descriptors[0])

    socket.socket.connect = connect_or_ask  # type: ignore[method-assign, assignment]


def answer(kernel: socket.socket, wall: str) -> bool:
    """Connect a kernel that asks for it to the grader's socket. Returns False if it has closed its end."""
    if not kernel.recv(16):
        return False
    with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
        connection.settimeout(WALL_SECONDS)
        try:
            connection.connect(wall)
            connection.settimeout(None)
            socket.send_fds(kernel, [b"+"], [connection.fileno()], socket.MSG_DONTWAIT)
        except OSError:
            kernel.send(b"-", socket.MSG_DONTWAIT)
    return True


def bury_orphans(kernel: int) -> None:
    """Let go of orphans that have ended: they count as processes."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid != kernel:
            os.waitpid(ended.si_pid, 0)


def end_all() -> None:
    """End all descendants, until there is none. All that are seen are stopped before the first is killed.

    Processes that go on starting others are missed now and then, so one round may not do.
    """
    own = os.getpid()
    while True:
        stopped: set[int] = set()
        while new := set(family.families({own})[own]) - stopped:
            signal_all(new, signal.SIGSTOP)
            stopped |= new
        signal_all(stopped, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return  # orphans would be our children
        time.sleep(PAUSE)


def signal_all(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def end_like(status: int) -> NoReturn:
    """End as a child did, whose status `os.waitpid` gave."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        with contextlib.suppress(OSError):  # nobody can handle SIGKILL
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-code])
        os.kill(os.getpid(), -code)
    os._exit(code)
