"""Linux calls that the os module of Python 3.11 lacks, through ctypes.

Each raises OSError when the kernel refuses. See unshare(2), setns(2), mount(2), prctl(2), capset(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os

CLONE_NEWNS = 0x0002_0000
CLONE_NEWCGROUP = 0x0200_0000
CLONE_NEWUTS = 0x0400_0000
CLONE_NEWIPC = 0x0800_0000
CLONE_NEWUSER = 0x1000_0000
CLONE_NEWPID = 0x2000_0000
CLONE_NEWNET = 0x4000_0000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 0x1000
MS_REC = 0x4000

PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
PR_CAP_AMBIENT_CLEAR_ALL = 4

CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_KILL, CAP_SETGID, CAP_SETUID = 0, 1, 2, 5, 6, 7
CAP_NET_ADMIN, CAP_SYS_ADMIN = 12, 21

_CAPABILITY_VERSION_3 = 0x2008_0522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def syscall(number: int, *arguments: int | bytes | None) -> int:
    """A system call that the C library has no function for, with numbers and buffers as arguments."""
    result = _libc.syscall(
        ctypes.c_long(number),
        *[ctypes.c_long(each) if isinstance(each, int) else ctypes.c_char_p(each) for each in arguments],
    )
    _check(result, f"system call {number}")
    return int(result)


def unshare(flags: int) -> None:
    """Give this process new namespaces. (A new pid namespace is for its next child.)"""
    _check(_libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Enter a namespace. (A pid namespace is for the next child.)"""
    _check(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(kind)), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    _check(
        _libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()),
        f"mount {kind or 'bind'} on {target}",
    )


def prctl(option: int, *arguments: int) -> None:
    """prctl(2) with up to four numbers."""
    padded = [*arguments, 0, 0, 0, 0][:4]
    _check(_libc.prctl(option, *padded), f"prctl({option})")


def drop_capabilities(kept: int | None = None) -> None:
    """Give up all capabilities but `kept`, and with them the way to get them back by executing a file."""
    for capability in range(64):
        if capability != kept:
            with contextlib.suppress(OSError):  # EINVAL: this kernel has no such capability
                prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    bits = 0 if kept is None else 1 << kept
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bits, bits, bits)
    _check(_libc.capset(header, effective_permitted_inheritable), "capset")
    if kept is not None:
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, kept)
