"""What a process does to itself where there are no namespaces, before it runs a student's code.

At the level "reduced" Landlock and two filters on system calls shut it in; at the level "none" only limits remain.
Each function raises OSError when the system refuses; the caller must then stop.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from . import family, landlock, libc, room, same_user, seccomp, users
from .confine import limit_resources
from .limits import Limits

#: A user's processes are counted together, and a kernel at rest has eight. So many kernels, besides one for each core,
#: may start until the limit is moved along (see share.py).
OTHERS, AT_REST = 4, 8
DEVICES = {"/dev/null": landlock.READ_FILE | landlock.WRITE_FILE, "/dev/zero": landlock.READ_FILE}
RANDOM = dict.fromkeys(("/dev/random", "/dev/urandom"), landlock.READ_FILE)


def settle(limits: Limits, directory: str, lab: str, user: int | None, reads_all: bool) -> None:
    """A session, limits, and a working directory of its own with the lab's files; a throw-away user where root is.

    `directory` is the kernel's, `lab` the folder with the lab's files.
    """
    os.setsid()
    scratch = f"{directory}/scratch"
    shutil.copytree(lab, scratch, copy_function=shutil.copyfile)
    os.chmod(scratch, 0o700)
    Path("/proc/self/oom_score_adj").write_text("900")  # when memory is short, let it be this one
    if user is not None:
        for folder, _, files in os.walk(scratch):
            for path in (folder, *(f"{folder}/{name}" for name in files)):
                os.chown(path, user, user)
        users.become(user, reads_all)
        limit_resources(limits, limits.processes)
    else:
        libc.drop_capabilities()
        others = family.threads_of_user(os.getuid()) + AT_REST * (OTHERS + (os.cpu_count() or 1))
        limit_resources(limits, others + limits.processes, fixed=False)
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch)
    tempfile.tempdir = None  # which the server may have found already


def shut_in(directory: str, lab: str, newest: int | None = None) -> None:
    """Close all files but Python's, the lab's and the scratch folder, and refuse what reaches other programs.

    `newest`: the version of Landlock to use, if not the one that Linux has.
    """
    newest = landlock.version() if newest is None else newest
    if newest < 1:
        raise OSError("Landlock is missing (Linux 5.13 has it, if it is switched on: see /sys/kernel/security/lsm)")
    readable = [*room.python_folders(), *room.SYSTEM, *room.SETTINGS, os.path.dirname(__file__), lab, directory]
    allowed = dict.fromkeys(readable, landlock.READ) | dict.fromkeys(room.MACHINE, landlock.READ_FILE)
    allowed |= DEVICES | RANDOM | {f"{directory}/scratch": landlock.OWN}
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict(allowed, newest)
    seccomp.install()
    same_user.install(newest)
