"""Run a command under a filter that refuses namespaces, as Docker's default does: python refuse.py command …"""

import errno
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from autograder.sandbox.box import libc, seccomp
from autograder.sandbox.box.seccomp import ALLOW, ANY_BIT, EQUAL, LOAD, NUMBER, RETURN

UNSHARE = (272, 97)


def refuse_namespaces() -> None:
    """From now on this process and its children get no new namespace."""
    column, _ = seccomp.MACHINES[seccomp.this_machine()]
    fail = seccomp._fail(errno.EPERM)
    parts = [
        seccomp._instruction(LOAD, NUMBER),
        seccomp._instruction(EQUAL, seccomp.CLONE3[column], 0, 1),
        seccomp._fail(errno.ENOSYS),
        seccomp._instruction(EQUAL, UNSHARE[column], 0, 1),
        fail,
        seccomp._instruction(EQUAL, seccomp.CLONE[column], 0, 3),
        seccomp._instruction(LOAD, seccomp.ARGUMENTS[0]),
        seccomp._instruction(ANY_BIT, seccomp.NAMESPACES, 0, 1),
        fail,
        seccomp._instruction(RETURN, ALLOW),
    ]
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.load(b"".join(parts))


if __name__ == "__main__":
    refuse_namespaces()
    os.execvp(sys.argv[1], sys.argv[1:])
