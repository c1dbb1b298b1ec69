"""Whether a level of protection can be had here: it is tried, and where it fails the reason is looked for."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import bubblewrap
from .box import landlock, layout, libc, same_user, users
from .box.layout import FULL, LEVELS, NONE, REDUCED
from .folders import BOX, copy_readable

TRIAL_SECONDS = 60
REDUCED_TOO = "Or grade at the level reduced: REDUCED=1, see docs/where.md."


def missing(level: str) -> str | None:
    """What is missing for a level, why, and what to do, in one line; None if nothing is. It is found out by trying."""
    if level == NONE:
        return None
    if level not in LEVELS:
        return f"there is no level '{level}': c.Sandbox.level in nbgrader_config.py is one of {', '.join(LEVELS)}."
    if sys.platform != "linux":
        return f"the sandbox needs Linux, and this is {platform.system()}: use a container (docs/where.md)."
    said = trial(level)
    if said is None:
        return None
    line = f"the sandbox (level {level}) does not start: {said}. {reason(level, said)}".rstrip()
    return f"{line} {REDUCED_TOO}" if level == FULL and trial(REDUCED) is None else line


def trial(level: str) -> str | None:
    """Start the sandbox at this level, shut a process in, end. Returns the last line of what was said if it fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        code = folder / layout.PACKAGE
        copy_readable(BOX, code, "__pycache__")
        (folder / "lab").mkdir()
        (folder / "lab").chmod(0o755)
        try:
            user: dict[str, Any] = {}
            if level == FULL:
                user = bubblewrap.user()
                command = bubblewrap.room_command(code, folder / "lab", folder / "lab", "try", level, ".")
            else:
                command = bubblewrap.python_command(str(code), "try", level, str(folder))
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=TRIAL_SECONDS,
                env=bubblewrap.environment(),
                cwd="/",
                **user,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    return lines[-1].strip().rstrip(".")


def what_opens(path: Path) -> str:
    """The command after which everybody can read a file or a folder: it may be closed itself, or lie in what is."""
    for folder in reversed(path.parents):
        if folder.is_dir() and not folder.stat().st_mode & 0o001:
            return f"chmod a+x {folder}"
    return f"chmod -R a+rX {path}"


def reason(level: str, said: str) -> str:
    """Why this system does not start the sandbox, as far as it tells, and what mends it. Empty if it does not tell."""
    if closed := re.search(r"(?:cannot read|source path) (.+): Permission denied", said):
        return f"It runs as another user, and this is for its owner only: {what_opens(Path(closed[1]))}"
    if "Unexpected capabilities" in said:
        return "This user has rights of root, which bubblewrap refuses: start the container without --cap-add."
    if level == REDUCED:
        if not landlock.version():
            return "Linux has no Landlock, or a container's filter refuses it: the level reduced needs Linux 5.13."
        return ""
    if "bubblewrap is missing" in said:
        return ""
    refused = refused_namespace()
    if refused is None:
        if sysctl("kernel/apparmor_restrict_unprivileged_userns") == 1:
            return (
                "AppArmor takes the rights from user namespaces here (Ubuntu 23.10 and later): "
                "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile for bwrap (docs/where.md)."
            )
        if "proc" in said:
            return "Parts of /proc are hidden, as in a container: start it with --security-opt unmask=ALL."
        return ""
    if sysctl("user/max_user_namespaces") == 0:
        return "User namespaces are switched off: sudo sysctl user.max_user_namespaces=10000."
    if sysctl("kernel/unprivileged_userns_clone") == 0:
        return "User namespaces are for root only here: sudo sysctl kernel.unprivileged_userns_clone=1."
    if filtered():
        return (
            f"A filter on system calls refuses user namespaces ({refused}), as Docker's default does: "
            "start the container with --security-opt seccomp=unconfined."
        )
    return f"This system refuses user namespaces ({refused})."


def weaker() -> list[str]:
    """What the level reduced lacks on this machine beyond what it lacks everywhere (see docs/where.md), in words."""
    lines = []
    newest = landlock.version()
    if newest < same_user.SIGNALS_SCOPED:
        lines.append(f"Landlock has version {newest} here: student code can send no signals at all, not even to itself")
    if os.geteuid() == 0 and not users.can_be_had():
        lines.append("root may not change its user here: kernels run as root, and Linux does not count their processes")
    return lines


def refused_namespace() -> str | None:
    """Why a child of this process gets no user namespace; None if it gets one."""
    child = os.fork()
    if child == 0:
        try:
            libc.unshare(libc.CLONE_NEWUSER)
        except OSError as error:
            os._exit((error.errno or 0) & 0xFF)
        os._exit(0)
    number = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return os.strerror(number) if number else None


def filtered() -> bool:
    """Whether this process is under a filter on system calls."""
    return "Seccomp:\t2" in Path("/proc/self/status").read_text()


def sysctl(name: str) -> int | None:
    """A setting of Linux that is a number; None where there is no such setting."""
    try:
        return int(Path("/proc/sys", name).read_text())
    except (OSError, ValueError):
        return None
