"""What hostile code in a kernel cannot see or reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.box import room

ATTEMPT = """
def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__
"""


def test_the_lab_is_there(kernel):
    assert kernel.run("import tools; tools.ANSWER") == "42"
    assert kernel.run("import os; os.getcwd() == os.environ['HOME']") == "True"


def test_the_labs_own_tools_are_loaded_before_a_cell_runs(kernel):
    assert kernel.run("import sys; 'labtools.own' in sys.modules") == "True"


def test_course_home_and_the_graders_files_are_not(kernel, lab):
    names = [str(lab.parent / "secret.txt"), str(lab), str(Path.home() / ".bashrc"), "/etc/shadow", "/etc/passwd"]
    names += [str(Path(__file__)), str(kernel.provisioner.directory), "/mnt", "/sys", "/var", "/run"]
    assert kernel.run(f"import os; [name for name in {names!r} if os.path.exists(name)]") == "[]"
    for folder in (Path(__file__).parents[2], Path.home()):
        # Python's own folders may lie in there, and nothing else.
        seen = eval(kernel.run(f"os.listdir({str(folder)!r}) if os.path.exists({str(folder)!r}) else []"))
        kept = [Path(each) for each in room.python_folders()]
        assert all(any(each.is_relative_to(folder / name) for each in kept) for name in seen)


def test_only_scratch_can_be_written(kernel):
    folders = kernel.run("""
import os
writable = []
for folder, folders, _ in os.walk("/"):
    folders[:] = [each for each in folders if os.path.join(folder, each) not in ("/usr", "/proc")]
    if "site-packages" in folder or "/lib/" in folder:
        folders.clear()
    try:
        open(os.path.join(folder, "probe"), "w").close()
        os.unlink(os.path.join(folder, "probe"))
        writable.append(folder)
    except OSError:
        pass
sorted(folder for folder in writable if not folder.startswith(("/sandbox/scratch/", "/tmp/")))
""")
    assert folders == "['/dev/shm', '/sandbox/scratch', '/tmp']"


def test_scratch_and_tmp_are_its_own_and_gone_afterwards(start, server):
    first, second = start(), start()
    first.run("open('mine', 'w').write('x'); open('/tmp/mine', 'w').write('x')")
    for name in ("mine", "/tmp/mine", "/sandbox/scratch/mine"):
        assert second.run(f"import os; os.path.exists({name!r})") == "False"
    assert not (Path("/tmp") / "mine").exists()
    directory = first.provisioner.directory
    assert directory.exists()
    first.close()
    assert not directory.exists()


def test_the_environment_tells_nothing(kernel):
    assert kernel.run("import os; 'GRADERS_SECRET' in os.environ") == "False"
    assert kernel.run("sorted(os.environ)[:3]").count("SSH") == 0


def test_other_processes_are_invisible(kernel):
    assert kernel.run("import os; sorted(os.listdir('/proc'))") == "['cpuinfo', 'meminfo']"
    assert kernel.run("os.getpid(), os.getppid()") == "(1, 0)"
    assert kernel.run(ATTEMPT + f"attempt(os.kill, {os.getpid()}, 0)") == "'ProcessLookupError'"


def test_it_cannot_signal_others(start, server):
    kernel, other = start(), start()
    kernel.run(ATTEMPT + "import os; [attempt(os.kill, pid, 9) for pid in range(-3000, 3000) if pid not in (0, 1)]")
    kernel.run("os.kill(0, 9)")
    assert other.run("1 + 1") == "2"
    assert server.running


def test_there_is_no_network(kernel):
    code = ATTEMPT + "import socket; attempt(socket.create_connection, (%r, 53), 2)"
    for address in ("127.0.0.1", "1.1.1.1", "10.0.0.1"):
        assert kernel.run(code % address) == "'OSError'"
    for family in ("AF_VSOCK", "AF_NETLINK", "AF_PACKET", "AF_ALG"):
        assert kernel.run(f"attempt(socket.socket, socket.{family}, socket.SOCK_RAW)") == "'OSError'"


def test_kernels_cannot_reach_each_other(start):
    first, second = start(), start()
    first.run("import socket; s = socket.socket(socket.AF_UNIX); s.bind(chr(0) + 'hello'); s.listen()")
    code = ATTEMPT + "import socket; attempt(socket.socket(socket.AF_UNIX).connect, chr(0) + 'hello')"
    assert second.run(code) == "'ConnectionRefusedError'"
    name = first.provisioner.directory.name
    assert second.run(f"import os; os.path.exists('/sandbox/kernels/{name}'), os.listdir('/sandbox/kernels')") == (
        "(False, [])"
    )
    assert second.run("sorted(os.listdir('/sandbox/kernel'))[1:]") == "['z-1', 'z-2', 'z-3', 'z-5']"


def test_the_servers_files_are_closed(kernel):
    code = """
import os, stat
kinds = {}
for number in range(256):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISBLK(mode):
        kinds[number] = oct(mode)
    if stat.S_ISSOCK(mode):
        import socket
        with socket.socket(fileno=os.dup(number)) as each:
            if each.type == socket.SOCK_SEQPACKET:
                kinds[number] = "seqpacket"
kinds
"""
    assert kernel.run(code) == "{}"


@pytest.mark.parametrize(
    "command",
    ["unshare -U true", "unshare -r true", "umount /proc", "umount /tmp", "mount -t tmpfs none /sandbox/scratch"],
)
def test_no_new_namespaces_and_mounts(kernel, command):
    assert kernel.run(f"import subprocess; subprocess.run({command.split()!r}, capture_output=True).returncode") != "0"


def test_refused_system_calls(kernel):
    code = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def refused(call, *arguments):
    ctypes.set_errno(0)
    return call(*arguments) == -1 and ctypes.get_errno() in (1, 38)
print([name for name, arguments in {
    "unshare": (0x10000000,), "setns": (0, 0), "memfd_create": (b"x", 0), "shmget": (0, 4096, 0o1600),
    "msgget": (0, 0o1600), "mount": (b"x", b"/tmp", b"tmpfs", 0, None), "umount2": (b"/proc", 2), "chroot": (b"/tmp",),
    "ptrace": (16, 1, 0, 0), "personality": (0x20000,),
}.items() if not refused(getattr(libc, name), *arguments)])
print(refused(libc.syscall, 56, 0x10000000 | 17, 0, 0, 0, 0), refused(libc.syscall, 435, 0, 0))
"""
    assert kernel.run(code).split("\n") == ["[]", "True True"]


def test_it_has_no_capabilities_and_no_way_to_some(kernel):
    pid = kernel.provisioner.pid
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert "0" not in status["Uid"].split()
