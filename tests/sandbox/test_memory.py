"""Memory of a kernel that is in none of its processes, or in many."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox import cgroup, share
from autograder.sandbox.box.limits import MIB

from .conftest import LIMITS, until
from .test_limits import spec_with

SOCKETS = """
import os, socket, time
for _ in range(30):
    if os.fork() == 0:
        try:
            while True:
                for each in socket.socketpair():
                    each.setblocking(False)
                    globals().setdefault("kept", []).append(each)
        except OSError:
            pass
        for each in kept:
            try:
                while True:
                    each.send(bytes(32_000))
            except OSError:
                pass
        time.sleep(60)
        os._exit(0)
time.sleep(15)
"""


def free() -> int:
    """The memory of this machine that is free, in bytes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))


@pytest.mark.parametrize("kind", [1, 3], ids=["shared", "validated"])  # see mmap(2)
def test_there_are_no_shared_mappings_without_a_file(kernel, kind):
    assert "PermissionError" in kernel.run(f"import mmap; mmap.mmap(-1, 4096, {kind} | mmap.MAP_ANONYMOUS)")
    assert kernel.run("mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)[0]") == "0"


def test_a_device_is_no_shared_mapping_either(kernel):
    assert "OSError" in kernel.run("import mmap; zero = open('/dev/zero', 'r+b'); mmap.mmap(zero.fileno(), 4096)")
    assert kernel.run("zero.read(3)") == "b'\\x00\\x00\\x00'"


@pytest.mark.parametrize("option", ["socket.SO_SNDBUF", "socket.SO_RCVBUF", "32", "33"])
def test_buffers_of_sockets_do_not_grow(kernel, option):
    code = f"import socket; one, two = socket.socketpair(); one.setsockopt(socket.SOL_SOCKET, {option}, 1 << 22)"
    assert "PermissionError" in kernel.run(code)
    assert kernel.run("one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1); one.send(b'x')") == "1"


def test_full_sockets_count(start, server):
    """Where there are no control groups, what they can hold is bounded by the number of files."""
    kernel, before = start(spec_with(server, memory_bytes=256 * MIB)), free()
    request = kernel.send(SOCKETS)
    if cgroup.find_place(os.getpid()):
        assert kernel.receive(request) == "dead"
        kernel.wait(kernel.provisioner.wait())
        assert "more than 256 MiB of memory" in kernel.provisioner.fate
    else:
        assert not until(lambda: before - free() > LIMITS.processes * LIMITS.open_files * MIB // 4, timeout=6)


def test_a_control_group_is_gone_with_its_kernel(start):
    place = cgroup.find_place(os.getpid())
    own = f"autograder-{os.getpid()}-*"
    before = set(place[0].glob(own)) if place else set()
    kernel = start()
    groups = set(place[0].glob(own)) - before if place else set()
    for group in groups:
        assert str(kernel.provisioner.pid) in (group / "cgroup.procs").read_text().split()
    kernel.close()
    assert place is None or len(groups) == 1
    assert until(lambda: not any(group.exists() for group in groups))


def make_tree(folder: Path, files: cgroup.Files) -> None:
    """What Linux puts into a new group, as far as it is used here."""
    for name in (files.limit, files.swap, "cgroup.procs"):
        (folder / name).touch()
    (folder / files.events).write_text("low 0\noom 3\noom_kill 0\n")


@pytest.mark.parametrize("files", [cgroup.VERSION_1, cgroup.VERSION_2])
def test_both_versions_of_control_groups(tmp_path: Path, files: cgroup.Files):
    make_tree(tmp_path, files)
    group = cgroup.Cgroup(tmp_path, files)
    group.limit(1 << 30)
    group.add(4711)
    assert (tmp_path / files.limit).read_text() == str(1 << 30)
    assert (tmp_path / files.swap).read_text() == ("0" if files is cgroup.VERSION_2 else str(1 << 30))
    assert (tmp_path / "cgroup.procs").read_text() == "4711" and not group.over_limit()
    (tmp_path / files.events).write_text("oom_kill 2\n")
    assert group.over_limit()


def test_groups_of_runs_that_were_killed_are_swept(tmp_path: Path):
    (tmp_path / "autograder-4194999-7").mkdir()
    (tmp_path / f"autograder-{os.getpid()}-7").mkdir()
    (tmp_path / "another").mkdir()
    cgroup.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["another", f"autograder-{os.getpid()}-7"]


def test_all_kernels_together_never_take_more_than_the_machine_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(share, "machine_memory", lambda: 1024 * MIB)
    assert [share.fair_share(LIMITS, kernels).memory_bytes // MIB for kernels in (1, 2, 8)] == [512, 256, 64]
    monkeypatch.undo()
    assert 256 * MIB < share.machine_memory() <= os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
