"""A second filter, for a kernel that shares its user and its host with others: the level "reduced".

Landlock closes files, and nothing else that belongs to the same user. So system calls are refused that connect to
other programs (a Unix socket of the desktop would start any program), that change limits or priorities of other
processes, raise own limits, or truncate a file which is only open for reading. Changing the owner, mode, times or
attributes of a file, which Landlock does not close either, seems to work and does nothing: `shutil.copy` calls it.
"""

from __future__ import annotations

import errno
import os
import socket
from functools import cache

from . import seccomp
from .seccomp import ALLOW, EQUAL, LOAD, NUMBER, RETURN

AND = 0x54  # of BPF: keep these bits of what was loaded
SIGNALS_SCOPED = 6  # the first version of Landlock that keeps signals in

#: The numbers of calls on x86_64 and on aarch64 (None: it has no such call).
PRETENDED: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "chown": (92, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "fremovexattr": (199, 16),
    "fsetxattr": (190, 7),
    "futimesat": (261, None),
    "lchown": (94, None),
    "lremovexattr": (198, 15),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "removexattrat": (466, 466),
    "setxattr": (188, 5),
    "setxattrat": (463, 463),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
}
REFUSED: dict[str, tuple[int | None, int | None]] = {
    "connect": (42, 203),
    "file_setattr": (469, 469),
    "setrlimit": (160, 164),
    "truncate": (76, 45),
}
#: Calls on processes: only on the caller itself, which is 0 as this argument; else they do nothing. (zmq gives its
#: threads their schedule by number, and ends the process where that fails.)
ITSELF: dict[str, tuple[int, int, int]] = {
    "ioprio_set": (251, 30, 1),
    "sched_setaffinity": (203, 122, 0),
    "sched_setattr": (314, 274, 0),
    "sched_setparam": (142, 118, 0),
    "sched_setscheduler": (144, 119, 0),
    "setpriority": (141, 140, 1),
}
#: Where Landlock cannot scope them: signals to others, and ways to have the kernel send some.
SIGNALS: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
}
PRLIMIT = (302, 261)
TGKILL = (234, 131)
FCNTL, SET_OWNER = (72, 25), (8, 15)  # F_SETOWN, F_SETOWN_EX
IOCTL, SET_GROUP = (16, 29), (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP
OPEN, OPENAT, OPENAT2 = (2, None), (257, 56), (437, 437)
SOCKETPAIR = (53, 199)
SOCKET_KINDS = 0xF  # the bits of a socket's type that are no flags


def _argument(index: int, half: int = 0) -> bytes:
    """Load the lower half of an argument, which is all of an int; or the other half (4) of an address."""
    return seccomp._instruction(LOAD, seccomp.ARGUMENTS[index] + half)


def _when(number: int | None, body: list[bytes]) -> list[bytes]:
    """For this call, `body` decides; it may end without a decision, and the call is then allowed."""
    if number is None:
        return []
    body = [*body, seccomp._instruction(RETURN, ALLOW)]
    return [seccomp._instruction(EQUAL, number, 0, len(body)), *body]


def _unless_in(values: tuple[int, ...], number: int) -> list[bytes]:
    """Fail unless what was loaded is one of the values."""
    count = len(values)
    tests = [seccomp._instruction(EQUAL, value, count - i, 0) for i, value in enumerate(values)]
    return [*tests, seccomp._fail(number)]


def _if_in(values: tuple[int, ...]) -> list[bytes]:
    """Fail if what was loaded is one of the values."""
    return [part for value in values for part in (seccomp._instruction(EQUAL, value, 0, 1), seccomp._fail(errno.EPERM))]


@cache
def program(machine: str, newest: int, pid: int) -> bytes:
    """The filter for a machine, for the version of Landlock in use, for the process `pid`, as BPF instructions.

    It comes behind the one of seccomp.py, which ends other architectures' calls.
    """
    column, _ = seccomp.MACHINES[machine]
    parts = [seccomp._instruction(LOAD, NUMBER)]
    for table, answer in ((PRETENDED, seccomp.FAIL), (REFUSED, seccomp.FAIL | errno.EPERM)):
        for numbers in table.values():
            parts += _when(numbers[column], [seccomp._instruction(RETURN, answer)])
    for *own, index in ITSELF.values():
        parts += _when(own[column], [_argument(index), *_unless_in((0,), 0)])
    itself = [_argument(0), *_unless_in((0,), errno.EPERM)]
    new_limit = [_argument(2), *_unless_in((0,), errno.EPERM), _argument(2, 4), *_unless_in((0,), errno.EPERM)]
    parts += _when(PRLIMIT[column], [*itself, *new_limit])
    if newest < SIGNALS_SCOPED:
        for signals in SIGNALS.values():
            parts += _when(signals[column], [seccomp._fail(errno.EPERM)])
        parts += _when(TGKILL[column], [_argument(0), *_unless_in((pid,), errno.EPERM)])
        parts += _when(FCNTL[column], [_argument(1), *_if_in(SET_OWNER)])
        parts += _when(IOCTL[column], [_argument(1), *_if_in(SET_GROUP)])
    # Where Landlock does not close truncating, O_TRUNC would do it to what may be read.
    for numbers, index in ((OPEN, 1), (OPENAT, 2)):
        flags = [_argument(index), seccomp._instruction(AND, os.O_TRUNC | os.O_ACCMODE), *_if_in((os.O_TRUNC,))]
        parts += _when(numbers[column], flags)
    parts += _when(OPENAT2[column], [seccomp._fail(errno.ENOSYS)])  # its flags are out of a filter's sight
    stream = (int(socket.SOCK_STREAM),)
    kind = [_argument(1), seccomp._instruction(AND, SOCKET_KINDS)]
    family = [_argument(0), *_unless_in((int(socket.AF_UNIX),), errno.EAFNOSUPPORT)]
    parts += _when(seccomp.SOCKET[column], [*family, *kind, *_unless_in(stream, errno.EAFNOSUPPORT)])
    parts += _when(SOCKETPAIR[column], [*kind, *_unless_in((*stream, int(socket.SOCK_SEQPACKET)), errno.EAFNOSUPPORT)])
    return b"".join([*parts, seccomp._instruction(RETURN, ALLOW)])


def install(newest: int) -> None:
    """Put the filter on this process, and on all its children to come.

    `newest` is the version of Landlock that it is restricted by. No new privileges must be set.
    """
    seccomp.load(program(seccomp.this_machine(), min(newest, SIGNALS_SCOPED), os.getpid()))
