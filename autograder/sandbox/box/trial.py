"""Trying out a level: build its room, shut a process in as a kernel, end."""

from __future__ import annotations

import os

from . import confine, libc, reduced, room, users
from .layout import FULL
from .limits import Limits


def own_namespaces() -> None:
    """Go on as the first process of a pid namespace, in a user namespace where this user may make more."""
    confine.leave_root()
    confine.enter_user_namespace(libc.CLONE_NEWPID)
    child = os.fork()
    if child:
        os.closerange(0, 1024)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


def try_out(level: str, directory: str) -> int:
    """Shut a child in as a kernel, and return its exit code: 0 when that works. It writes to stderr why not.

    `directory` stands for a kernel's, with a folder `lab` in it (at the level "full" both are in the room).
    """
    if level == FULL:
        libc.unshare(libc.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        try:
            if level == FULL:
                confine.confine(Limits(), ".")
            else:
                user = users.free(()) if users.can_be_had() else None
                reads_all = user is not None and users.reads_python(user) is not None
                reduced.settle(Limits(), directory, f"{directory}/lab", user, reads_all)
                reduced.shut_in(directory, f"{directory}/lab")
            if what := room.unreadable():
                raise OSError(f"the sandbox cannot read {what}")
        except OSError as error:
            os.write(2, f"\n{error}".encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
