"""A seccomp filter that takes away system calls no notebook needs.

They would let hostile code use memory that no limit counts (memory files, System V segments, key
rings, shared mappings without a file, larger buffers of sockets), use up what the user has of other
things (inotify), get new namespaces, reach the host past the network namespace (vsock), or poke at
seldom-used parts of the kernel. A denied call fails with EPERM. clone3, which a filter cannot look
into, fails with ENOSYS, and the C library then uses clone.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
from functools import cache

from . import libc

#: The numbers of the denied calls on x86_64 and on aarch64 (None: it has no such call).
DENIED: dict[str, tuple[int, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "fanotify_init": (300, 262),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "io_setup": (206, 0),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "listmount": (458, 458),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "request_key": (249, 218),
    "semget": (64, 190),
    "setns": (308, 268),
    "shmget": (29, 194),
    "statmount": (457, 457),
    "swapon": (167, 224),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
CLONE = (56, 220)
CLONE3 = (435, 435)
SOCKET = (41, 198)
MMAP = (9, 222)
SETSOCKOPT = (54, 208)
#: Memory that Linux counts for no process: shared mappings without a file, and what waits in sockets.
SHARED_WITHOUT_FILE = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
BUFFERS = (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33)  # SO_SNDBUFFORCE and SO_RCVBUFFORCE have no name in Python
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
NAMESPACES = (
    libc.CLONE_NEWNS
    | libc.CLONE_NEWCGROUP
    | libc.CLONE_NEWUTS
    | libc.CLONE_NEWIPC
    | libc.CLONE_NEWUSER
    | libc.CLONE_NEWPID
    | libc.CLONE_NEWNET
)

#: machine: (column in the tables above, AUDIT_ARCH_* of linux/audit.h)
MACHINES = {"x86_64": (0, 0xC000_003E), "aarch64": (1, 0xC000_00B7)}

# Offsets in struct seccomp_data, instructions and answers: linux/seccomp.h, linux/bpf_common.h.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, range(16, 64, 8)  # of an argument the lower half
LOAD, AND, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, FAIL = 0x7FFF_0000, 0x8000_0000, 0x0005_0000
X32_BIT = 0x4000_0000
SECCOMP_MODE_FILTER = 2


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _fail(number: int) -> bytes:
    return _instruction(RETURN, FAIL | number)


@cache
def program(machine: str) -> bytes:
    """The filter for a machine, as BPF instructions. Jumps count the instructions to skip."""
    column, architecture = MACHINES[machine]
    parts = [
        _instruction(LOAD, ARCHITECTURE),
        _instruction(EQUAL, architecture, 1, 0),
        _instruction(RETURN, KILL),
        _instruction(LOAD, NUMBER),
        _instruction(AT_LEAST, X32_BIT, 0, 1),
        _fail(errno.ENOSYS),
        _instruction(EQUAL, CLONE3[column], 0, 1),
        _fail(errno.ENOSYS),
    ]
    for numbers in DENIED.values():
        if (number := numbers[column]) is not None:
            parts += [_instruction(EQUAL, number, 0, 1), _fail(errno.EPERM)]
    parts += [
        _instruction(EQUAL, MMAP[column], 0, 5),
        _instruction(LOAD, ARGUMENTS[3]),
        _instruction(AND, SHARED_WITHOUT_FILE),
        _instruction(EQUAL, SHARED_WITHOUT_FILE, 0, 1),
        _fail(errno.EPERM),
        _instruction(RETURN, ALLOW),
        _instruction(EQUAL, SETSOCKOPT[column], 0, len(BUFFERS) + 5),
        _instruction(LOAD, ARGUMENTS[1]),
        _instruction(EQUAL, socket.SOL_SOCKET, 0, len(BUFFERS) + 1),
        _instruction(LOAD, ARGUMENTS[2]),
    ]
    parts += [_instruction(EQUAL, option, len(BUFFERS) - i, 0) for i, option in enumerate(BUFFERS)]
    parts += [
        _instruction(RETURN, ALLOW),
        _fail(errno.EPERM),
        _instruction(EQUAL, CLONE[column], 0, 4),
        _instruction(LOAD, ARGUMENTS[0]),
        _instruction(ANY_BIT, NAMESPACES, 0, 1),
        _fail(errno.EPERM),
        _instruction(RETURN, ALLOW),
        _instruction(EQUAL, SOCKET[column], 0, len(FAMILIES) + 2),
        _instruction(LOAD, ARGUMENTS[0]),
    ]
    parts += [_instruction(EQUAL, family, len(FAMILIES) - i, 0) for i, family in enumerate(FAMILIES)]
    parts += [_fail(errno.EAFNOSUPPORT), _instruction(RETURN, ALLOW)]
    return b"".join(parts)


def install() -> None:
    """Put the filter on this process and all its children to come. No new privileges must be set."""
    load(program(this_machine()))


def this_machine() -> str:
    """The name of this machine's processor. OSError if there is no filter for it."""
    name = os.uname().machine
    if name not in MACHINES:
        raise OSError(errno.ENOTSUP, f"no system call filter for {name}")
    return name


def load(instructions: bytes) -> None:
    """Put a filter on this process, behind those that it has: what one of them refuses is refused."""
    code = ctypes.create_string_buffer(instructions)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(code)))
    libc.prctl(libc.PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(header))
