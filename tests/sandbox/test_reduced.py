"""The level "reduced": the walls and limits of kernels without namespaces, as root and as an ordinary user."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import WarmServer, missing
from autograder.sandbox.box import family, landlock, users

from .conftest import LIMITS, Kernel, as_nobody, until
from .test_life import (  # noqa: F401 (the same has to hold here)
    test_a_death_is_noticed_at_once,
    test_a_kernel_can_call_a_socket_of_the_grader,
    test_a_loop_that_ignores_interrupts_is_killed,
    test_a_restarted_kernel_is_new,
    test_an_interrupt_ends_a_loop,
    test_kernels_of_a_grader_that_is_gone_end,
    test_nbclient_runs_a_notebook,
    test_torch_and_its_autograd_work,
)
from .test_limits import (  # noqa: F401
    test_a_file_has_a_largest_size,
    test_a_memory_bomb_gets_a_memory_error,
    test_core_dumps_and_open_files_are_limited,
    test_cpu_time_is_limited,
    test_no_more_processes_than_allowed,
    test_the_watchdog_counts_processes_too,
)

BOX = Path(family.__file__).parent
ATTEMPT = """
import ctypes, fcntl, os, resource, shutil, signal, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (OSError, ValueError) as error:
        return type(error).__name__

"""
#: What a kernel tries, and what it gets. `{outside}` is a folder of the grader's, with a file and a listening socket.
TRIES = {
    "attempt(os.listdir, '/')": "PermissionError",
    "attempt(os.listdir, '{outside}')": "PermissionError",
    "attempt(open, '{outside}/secret.txt')": "PermissionError",
    "attempt(open, '{outside}/secret.txt', 'w')": "PermissionError",
    "attempt(open, '/etc/passwd')": "PermissionError",
    "attempt(open, '/tmp/probe', 'w')": "PermissionError",
    "attempt(open, '/dev/shm/probe', 'w')": "PermissionError",
    "attempt(os.remove, '{outside}/secret.txt')": "PermissionError",
    "attempt(os.rename, '{outside}/secret.txt', 'mine')": "PermissionError",
    "attempt(os.link, '{outside}/secret.txt', 'mine') in ('PermissionError', 'OSError')": True,
    "attempt(os.truncate, '{outside}/secret.txt', 0)": "PermissionError",
    "attempt(open, '/proc/self/environ')": "PermissionError",
    "attempt(os.listdir, '/proc')": "PermissionError",
    "attempt(os.listdir, '/dev/pts')": "PermissionError",
    "attempt(os.open, '/dev/ptmx', os.O_RDWR)": "PermissionError",
    "attempt(os.kill, {grader}, 0)": "PermissionError",
    "attempt(os.kill, os.getppid(), 9)": "PermissionError",
    "attempt(resource.prlimit, {grader}, resource.RLIMIT_CPU, (1, 1))": "PermissionError",
    "attempt(resource.setrlimit, resource.RLIMIT_NPROC, (9999, 9999))": "ValueError",
    "attempt(resource.setrlimit, resource.RLIMIT_CORE, (0, 0))": "ValueError",
    "resource.getrlimit(resource.RLIMIT_CORE)": [0, 0],
    "attempt(socket.socket, socket.AF_INET)": "OSError",
    "attempt(socket.socket, socket.AF_INET6, socket.SOCK_DGRAM)": "OSError",
    "attempt(socket.socket, socket.AF_NETLINK, socket.SOCK_RAW)": "OSError",
    "attempt(socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM)": "OSError",
    "attempt(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)": "OSError",
    "attempt(socket.socket(socket.AF_UNIX).connect, '{outside}/socket')": "PermissionError",
    "attempt(socket.socket(socket.AF_UNIX).connect, chr(0) + 'probe')": "PermissionError",
    "libc.ptrace(16, {grader}, 0, 0)": -1,
    "libc.unshare(0x10000000)": -1,
    "libc.memfd_create(b'x', 0)": -1,
    "libc.syscall(437, -100, b'x', 0, 0)": -1,
    "os.path.exists('{outside}/mine')": False,
    # What honest code does goes on.
    "open('own', 'w').write('x')": 1,
    "[shutil.copy('own', 'copy'), os.chmod('copy', 0), open('copy').read()][2]": "x",
    "[os.mkdir('a'), os.rename('copy', 'a/copy'), shutil.rmtree('a'), os.path.exists('a')][3]": False,
    "subprocess.run(['true']).returncode": 0,
    "attempt(os.kill, os.getpid(), 0)": None,
    "os.path.expanduser('~') == os.getcwd() == __import__('tempfile').gettempdir()": True,
    "socket.socketpair()[0].family == socket.AF_UNIX": True,
}
RUN = """
import json, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tests.sandbox import test_reduced
from tests.sandbox.conftest import LIMITS, Kernel, until
from autograder.sandbox import WarmServer
lab = Path(tempfile.mkdtemp())
(lab / "labtools.py").write_text("ANSWER = 42")
with WarmServer(lab, LIMITS, "reduced") as server:
    kernel = Kernel(server.spec)
    print(json.dumps(test_reduced.tries(kernel, lab)))
    print(kernel.run(test_reduced.BOMB, timeout=60))
    kernel.close()
    print(until(lambda: not test_reduced.family.families({server._process.pid}), timeout=60))
"""
#: As an ordinary user a kernel shares the number of processes with others: it gets more than it may have, and is ended.
BOMB = """
import os
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
"""


@pytest.fixture(scope="module")
def server(lab: Path) -> Iterator[WarmServer]:
    assert (missing("reduced") is None) or not landlock.version(), missing("reduced")
    if not landlock.version():
        pytest.skip("Linux has no Landlock here")
    with WarmServer(lab, LIMITS, "reduced") as running:
        yield running


def tries(kernel: Kernel, outside: Path) -> dict[str, object]:
    """What a kernel got that differs from what it should get."""
    import socket

    (outside / "secret.txt").write_text("hidden test")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(outside / "socket"))
        listener.listen()
        kernel.run(ATTEMPT)
        told = {"outside": outside, "grader": os.getpid()}
        found = {code: kernel.run(f"__import__('json').dumps({code.format(**told)})") for code in TRIES}
    assert (outside / "secret.txt").read_text() == "hidden test"
    return {code: text for code, text in found.items() if text != repr(json.dumps(TRIES[code]))}


def test_what_a_kernel_cannot_reach(kernel: Kernel, tmp_path: Path) -> None:
    assert tries(kernel, tmp_path) == {}


@pytest.mark.slow
def test_an_ordinary_user_can_use_it(server: WarmServer, home: Path) -> None:
    done = as_nobody([sys.executable, "-c", RUN, str(home)], home)
    assert done.stdout.splitlines() == ["{}", "dead", "True"], done.stderr[-2000:]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give each kernel a user")
def test_each_kernel_of_root_has_a_user_of_its_own(start) -> None:
    first, second = start(), start()
    one, other = int(first.run("import os; os.getuid()")), int(second.run("import os; os.getuid()"))
    assert one != other and {one, other} <= set(range(users.FIRST, users.LAST + 1))
    status = Path(f"/proc/{first.provisioner.pid}/status").read_text()
    assert f"Uid:\t{one}\t{one}\t{one}\t{one}" in status and "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status
    assert second.run(ATTEMPT + f"attempt(os.listdir, {str(first.provisioner.directory / 'scratch')!r})") == (
        "'PermissionError'"
    )


def test_what_a_kernel_started_ends_with_it(start) -> None:
    kernel = start()
    keeper = family.parent_of(kernel.provisioner.pid)
    kernel.run("import subprocess; subprocess.Popen(['setsid', 'sh', '-c', 'sleep 100 & sleep 100 & sleep 100'])")
    assert until(lambda: len(family.families({keeper})[keeper]) >= 4)
    started = set(family.families({keeper})[keeper])
    kernel.run("import os; os._exit(3)")
    assert until(lambda: not started & set(family.processes()))
    assert until(lambda: keeper not in family.processes())


def test_a_fork_bomb_ends_with_its_kernel(start, server: WarmServer) -> None:
    kernel = start()
    keeper = family.parent_of(kernel.provisioner.pid)
    kernel.send(BOMB)
    assert until(lambda: len(family.families({keeper})[keeper]) > 20, timeout=20)
    kernel.wait(kernel.provisioner.kill())
    assert until(lambda: keeper not in family.processes(), timeout=30)
    assert start().run("1 + 1") == "2"


@pytest.mark.slow
def test_kernels_end_with_their_server(lab: Path) -> None:
    with WarmServer(lab, LIMITS, "reduced") as own:
        kernel = Kernel(own.spec)
        kernel.run("import subprocess; subprocess.Popen(['setsid', 'sleep', '100'])")
        started = set(family.families({own._process.pid})[own._process.pid])
        assert len(started) >= 3
        os.kill(own._process.pid, signal.SIGKILL)
        assert until(lambda: not started & set(family.processes()))
        kernel.close()


def test_nothing_is_left_of_a_scratch_folder(start) -> None:
    kernel = start()
    directory = kernel.provisioner.directory
    kernel.run("""
import os
for _ in range(1500):
    os.mkdir("d" * 10)
    os.chdir("d" * 10)
os.mkdir("closed", 0)
""")
    kernel.close()
    assert until(lambda: not directory.exists())


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("for i in range(8): open(str(i), 'wb').write(bytes(3 << 20))", "more than 16 MiB"),
        (
            "held = []\nfor i in range(8):\n"
            "  held.append(open('x', 'wb', 0)); held[-1].write(bytes(3 << 20)); os.remove('x')",
            "more than 16 MiB",
        ),
        ("for i in range(12_000): open(str(i), 'w').close()", "more than 10000 files"),
    ],
    ids=["size", "removed", "number"],
)
def test_scratch_has_a_largest_size(kernel: Kernel, code: str, why: str) -> None:
    assert kernel.run(f"import os, time\n{code}\ntime.sleep(5)") == "dead"
    kernel.wait(kernel.provisioner.wait())
    assert why in kernel.provisioner.fate


def test_many_processes_cannot_each_use_the_limit(kernel: Kernel) -> None:
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        os.setsid()
        x = bytearray(os.urandom(1)) * (300 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(8)
"""
    assert kernel.run(code) == "dead"
    kernel.wait(kernel.provisioner.wait())
    assert "memory" in kernel.provisioner.fate


def test_the_way_to_the_server_is_not_known(kernel: Kernel, server: WarmServer) -> None:
    own = str(server.folders.own)
    assert own not in kernel.run("import os; dict(os.environ)")
    assert not Path(own).is_relative_to(server.folders.shared)
    assert os.stat(own).st_mode & 0o077 == 0


OLD = """
import fcntl, os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from autograder.sandbox.box import reduced
folder, version = sys.argv[2], int(sys.argv[3])
reader, writer = os.pipe()
reduced.shut_in(folder, folder, version)

def attempt(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return type(error).__name__

given = folder + "/given.txt"
print([
    attempt(os.kill, os.getppid(), 0),
    attempt(fcntl.fcntl, reader, fcntl.F_SETOWN, os.getppid()) if version < 6 else "PermissionError",
    attempt(os.open, given, os.O_RDONLY | os.O_TRUNC),
    attempt(os.truncate, given, 0),
    attempt(os.open, "/etc/passwd", os.O_RDONLY),
    open(given).read(),
])
"""


@pytest.mark.parametrize("version", range(1, 8))
def test_what_an_older_landlock_leaves_open_a_filter_closes(home: Path, tmp_path: Path, version: int) -> None:
    if version > landlock.version():
        pytest.skip("Linux has no such version of Landlock here")
    (tmp_path / "given.txt").write_text("given")
    (tmp_path / "scratch").mkdir()
    command = [sys.executable, "-c", OLD, str(home), str(tmp_path), str(version)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str(["PermissionError"] * 5 + ["given"]), done.stderr
