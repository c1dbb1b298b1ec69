"""Landlock: a process gives up all files but those that it names, for itself and all that it starts.

It needs neither privileges nor namespaces. What it closes depends on the version that Linux has (its "ABI"):

    1  Linux 5.13  files: read, write, execute, make, remove
    2  Linux 5.19  files may be moved from folder to folder, between folders with equal rights
    3  Linux 6.2   truncating
    4  Linux 6.7   TCP (a filter refuses all network sockets anyway, see same_user.py)
    5  Linux 6.10  ioctl on devices
    6  Linux 6.12  signals to processes outside, and abstract Unix sockets of processes outside

Later versions add nothing that is used here. See landlock(7) and linux/landlock.h.
"""

from __future__ import annotations

import os
import struct

from . import libc

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on all machines
VERSION = 1
PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_CHAR, MAKE_BLOCK, REFER, TRUNCATE, IOCTL_DEVICE = 1 << 6, 1 << 11, 1 << 13, 1 << 14, 1 << 15
#: All rights on files by the version that brought them, and the scopes of version 6.
RIGHTS = {1: (1 << 13) - 1, 2: REFER, 3: TRUNCATE, 5: IOCTL_DEVICE}
TCP = {4: 0b11}
SCOPES = {6: 0b11}

READ = EXECUTE | READ_FILE | READ_DIR
#: Rights that a rule for a single file may give.
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
#: No device can be made, nor asked for what its driver does.
OWN = ((1 << 15) - 1) & ~(MAKE_CHAR | MAKE_BLOCK)


def version() -> int:
    """Which version Linux has; 0 where it has none, or a filter refuses the call."""
    try:
        return libc.syscall(CREATE_RULESET, None, 0, VERSION)
    except OSError:
        return 0


def restrict(allowed: dict[str, int], newest: int) -> None:
    """Leave this thread, and all that it starts, nothing but the `allowed` rights by path. Paths may be missing.

    `newest` is the version to be used, at most `version()`. No new privileges must be set. OSError if Linux refuses.
    """
    handled = known(RIGHTS, newest)
    attributes = struct.pack("QQQ", handled, known(TCP, newest), known(SCOPES, newest))
    size = 8 if newest < 4 else 16 if newest < 6 else 24
    ruleset = libc.syscall(CREATE_RULESET, attributes, size, 0)
    try:
        for path, rights in allowed.items():
            try:
                place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            try:
                rights &= handled if os.path.isdir(path) else handled & ON_FILES
                libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
            finally:
                os.close(place)
        libc.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def known(rights: dict[int, int], newest: int) -> int:
    """The rights that a version knows, as one number."""
    return sum(bits for since, bits in rights.items() if since <= newest)
