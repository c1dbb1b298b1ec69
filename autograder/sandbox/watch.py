"""A watchdog in the grader: what Linux limits for each process only, it limits for a kernel as a whole.

Twice a second it adds up the memory of all processes in a kernel's pid namespace, and kills a kernel
that is over its limit. It also looks at the grader itself: a kernel may send faster than we can read. A
kernel with so many busy processes that others would have to wait for it gets the lowest priority.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path

from .box.family import families, parent_of
from .box.limits import MIB, Limits
from .cgroup import Cgroup
from .follow import follow_user
from .scratch import scratch_excess

INTERVAL = 0.4
#: How much the grader may grow while a kernel runs, before that is stopped.
OWN_GROWTH = 1024 * MIB
#: How many processes and threads of a kernel may want to run at a time, before it has to give way to other kernels.
BUSY = 4
LOWEST = 19
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Watched:
    """A kernel under watch. `stop` is called, once, with the reason."""

    pid: int
    limits: Limits
    stop: Callable[[str], None]
    #: Whether the kernel is all there is in its pid namespace. If not, it is all that its keeper has started.
    whole: bool = True
    cgroup: Cgroup | None = None
    #: Its scratch folder, where no mount limits that.
    scratch: Path | None = None
    #: Whether Linux counts its processes together with those of the user who grades.
    follows_user: bool = False
    gives_way: bool = False
    at_start: int = field(init=False)
    own_at_start: int = field(init=False)
    namespace: str | None = field(init=False)
    root: int = field(init=False)

    def __post_init__(self) -> None:
        self.at_start = resident(self.pid)
        self.own_at_start = resident(os.getpid())
        self.namespace = pid_namespace(self.pid) if self.whole else None
        self.root = self.pid if self.whole else parent_of(self.pid)


class Watchdog:
    """One thread for all kernels of this process; it runs while there are any."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.kernels: dict[int, Watched] = {}
        self.thread: threading.Thread | None = None

    def add(self, kernel: Watched) -> None:
        with self.lock:
            self.kernels[kernel.pid] = kernel
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._run, name="kernel watchdog", daemon=True)
                self.thread.start()

    def remove(self, pid: int) -> None:
        with self.lock:
            self.kernels.pop(pid, None)

    def _run(self) -> None:
        while True:
            time.sleep(INTERVAL)
            with self.lock:
                kernels = list(self.kernels.values())
                if not kernels:
                    continue
            own = resident(os.getpid())
            processes = processes_by_namespace({kernel.namespace for kernel in kernels})
            # Where others' namespaces may not be looked at: a pid namespace's first process adopts its orphans.
            descendants = families({kernel.root for kernel in kernels if kernel.namespace is None})
            for kernel in kernels:
                pids = processes.get(kernel.namespace) or list({kernel.pid, *descendants.get(kernel.root, [])})
                if kernel.follows_user:
                    follow_user(pids, kernel.limits)
                make_way(kernel, pids)  # first of all: what follows takes long where others take all cores
                reason = excess(kernel, pids)
                if own - kernel.own_at_start > OWN_GROWTH:
                    reason = reason or "it sent more than the grader could take"
                if reason:
                    self.remove(kernel.pid)
                    kernel.stop(reason)


def make_way(kernel: Watched, pids: list[int]) -> None:
    """Once a kernel is busier than a notebook is, give all of it the lowest priority but its first thread.

    Where Linux shares cores between sessions (autogroups), the priority of a session counts; a kernel begins one.
    """
    busy = sum(is_busy(task) for pid in pids for task in tasks_of(pid))
    kernel.gives_way = kernel.gives_way or busy > BUSY
    for pid in pids if kernel.gives_way else ():
        with contextlib.suppress(OSError):
            for task in tasks_of(pid):
                if task != kernel.pid:
                    os.setpriority(os.PRIO_PROCESS, task, LOWEST)
            if os.getsid(pid) != kernel.pid:
                Path(f"/proc/{pid}/autogroup").write_text(str(LOWEST))


def excess(kernel: Watched, pids: list[int]) -> str | None:
    """Which limit a kernel is over, if any."""
    if len(pids) > kernel.limits.processes:
        return f"it had more than {kernel.limits.processes} processes"
    if kernel.cgroup is not None and kernel.cgroup.over_limit():
        return too_much(kernel.limits)
    allowed = kernel.limits.memory_bytes + kernel.at_start
    # Memory shared with the server counts in each process's resident memory: that is an upper bound.
    if sum(map(resident, pids)) > allowed and sum(map(proportional, pids)) > allowed:
        return too_much(kernel.limits)
    return scratch_excess(kernel.scratch, pids, kernel.limits) if kernel.scratch else None


def too_much(limits: Limits) -> str:
    return f"its processes used more than {limits.memory_bytes / MIB:.0f} MiB of memory together"


def pid_namespace(pid: int) -> str | None:
    """A name of the pid namespace of a process; None when it is gone or none of ours."""
    try:
        return os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return None


def processes_by_namespace(wanted: Container[str | None]) -> dict[str | None, list[int]]:
    """The processes in these pid namespaces."""
    found: dict[str | None, list[int]] = defaultdict(list)
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        namespace = pid_namespace(pid)
        if namespace and namespace in wanted:
            found[namespace].append(pid)
    return found


def tasks_of(pid: int) -> list[int]:
    """The numbers of the threads of a process; none when it is gone."""
    try:
        return [int(task) for task in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []


def is_busy(task: int) -> bool:
    """Whether a thread runs, or waits for nothing but a core."""
    try:
        return Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    except (OSError, IndexError):
        return False


def resident(pid: int) -> int:
    """The resident memory of a process; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError, ValueError):
        return 0


def proportional(pid: int) -> int:
    """The resident memory of a process, where shared pages count in part; in full where that may not be seen.

    0 when it is gone.
    """
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except PermissionError:
        return resident(pid)  # of another user, in a container whose root may not look at others' memory
    except (OSError, IndexError, ValueError):
        pass
    return 0


def memory_of(pid: int) -> int:
    """The memory of all processes in the pid namespace of this one."""
    namespace = pid_namespace(pid)
    return sum(map(proportional, processes_by_namespace({namespace})[namespace]))


#: The one of this process.
watchdog = Watchdog()
