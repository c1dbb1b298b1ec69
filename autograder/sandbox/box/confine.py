"""What a process does to itself before it runs a student's code.

`leave_root` and `enter_user_namespace` are for the server too: with a user and pid namespace of its own
it can give each kernel a pid namespace. `confine` shuts a forked kernel in. Each function raises OSError
when the system refuses; the caller must then stop.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
from pathlib import Path

from . import layout, libc, seccomp
from .limits import Limits

USER = 1000
NOBODY = 65534
HARMLESS = libc.MS_NOSUID | libc.MS_NODEV


def leave_root() -> None:
    """Root becomes nobody: Linux exempts root from limits on processes, and root owns too many files."""
    if os.getuid() == 0 and Path("/proc/self/uid_map").read_text().split() == ["0", "0", "4294967295"]:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        libc.prctl(libc.PR_SET_DUMPABLE, 1)  # else /proc/self would still belong to root


def enter_user_namespace(more: int = 0) -> None:
    """A new user namespace in which this user is USER, together with other new namespaces."""
    user, group = os.getuid(), os.getgid()
    libc.unshare(libc.CLONE_NEWUSER | more)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{USER} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{USER} {group} 1")


def confine(limits: Limits, directory: str) -> None:
    """Shut this process in. It must be the first one of its pid namespace, with one thread.

    `directory` is the name of its directory in layout.KERNELS.
    """
    if os.getpid() != 1:
        raise OSError("the kernel is not the first process of a pid namespace")
    os.setsid()
    enter_user_namespace(libc.CLONE_NEWNS | libc.CLONE_NEWIPC | libc.CLONE_NEWUTS | libc.CLONE_NEWNET)
    limit_resources(limits, limits.processes)
    Path("/proc/self/oom_score_adj").write_text("900")  # when memory is short, let it be this one
    change_mounts(limits, directory)
    libc.drop_capabilities()
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()


def limit_resources(limits: Limits, processes: int, fixed: bool = True) -> None:
    """Set the limits that Linux keeps for each process, and for all `processes` of its user. Lower ones stay.

    If that of processes is not `fixed`, the grader may raise it again.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    hard = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + limits.memory_bytes,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
    }
    if fixed:
        hard[resource.RLIMIT_NPROC] = processes
    else:
        lower(resource.RLIMIT_NPROC, processes, resource.getrlimit(resource.RLIMIT_NPROC)[1])
    for kind, value in hard.items():
        lower(kind, value, value)
    lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1)


def lower(kind: int, soft: int, hard: int) -> None:
    """Lower a limit of this process, never raise it: not everybody may, and who set a lower one meant it."""
    _, allowed = resource.getrlimit(kind)
    if allowed != resource.RLIM_INFINITY:
        soft = min(soft, allowed)
        hard = allowed if hard == resource.RLIM_INFINITY else min(hard, allowed)
    resource.setrlimit(kind, (soft, hard))


def change_mounts(limits: Limits, directory: str) -> None:
    """A scratch folder of limited size, which holds /tmp and /dev/shm too, only its own directory, no processes."""
    scratch = layout.SCRATCH
    options = f"size={limits.scratch_bytes},nr_inodes={limits.scratch_files},mode=700"
    libc.mount("scratch", scratch, "tmpfs", HARMLESS, options)
    for hidden, target in ((".tmp", "/tmp"), (".shm", "/dev/shm")):
        source = f"{scratch}/{hidden}"
        os.mkdir(source)
        for kept in (sys.prefix, sys.base_prefix):
            if kept.startswith(f"{target}/"):
                place = source + kept[len(target) :]
                os.makedirs(place, exist_ok=True)
                libc.mount(kept, place, flags=libc.MS_BIND | libc.MS_REC)
        libc.mount(source, target, flags=libc.MS_BIND | libc.MS_REC)
    # A shared mapping of /dev/zero is memory that no process has to answer for; of /dev/full, zeros too, there is none.
    libc.mount("/dev/full", "/dev/zero", flags=libc.MS_BIND)
    libc.mount("devpts", "/dev/pts", "devpts", libc.MS_NOSUID | libc.MS_NOEXEC, "newinstance,ptmxmode=0666,max=16")
    libc.mount(f"{layout.KERNELS}/{directory}", layout.KERNEL, flags=libc.MS_BIND)
    libc.mount("nothing", layout.KERNELS, "tmpfs", HARMLESS | libc.MS_RDONLY, "size=4k,nr_inodes=2")
    shutil.copytree(layout.LAB, scratch, dirs_exist_ok=True, copy_function=shutil.copyfile)
    os.chdir(scratch)
    hide_processes(f"{scratch}/.proc")


def hide_processes(place: str) -> None:
    """Cover /proc: a fresh one is refused in here, and the old one shows the server's namespace.

    What libraries read about the machine stays.
    """
    os.mkdir(place)
    libc.mount("proc", place, "tmpfs", HARMLESS | libc.MS_NOEXEC, "size=4k,nr_inodes=8,mode=555")
    for name in ("cpuinfo", "meminfo"):
        Path(place, name).touch()
        libc.mount(f"/proc/{name}", f"{place}/{name}", flags=libc.MS_BIND)
    libc.mount(place, "/proc", flags=libc.MS_BIND | libc.MS_REC)
