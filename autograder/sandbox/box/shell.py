"""`!command` in a cell without a terminal: the level "reduced" opens none, since they are the user's own."""

from __future__ import annotations

import subprocess

from ipykernel import zmqshell


def use_pipes() -> None:
    """From now on commands of cells write into a pipe."""
    zmqshell.system = run


def run(cmd: str) -> int:
    """Run a command of the shell, and print what it writes while it does. Returns its exit code."""
    with subprocess.Popen(
        ["/bin/sh", "-c", cmd],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="")
    return process.returncode
