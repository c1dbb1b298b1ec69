"""What hostile code cannot use up."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import pytest
import zmq

from autograder.sandbox import kernels, watch
from autograder.sandbox.box import output
from autograder.sandbox.box.limits import MIB

from .conftest import LIMITS, until


def spec_with(server, **limits):
    spec = server.spec
    config = spec.metadata["kernel_provisioner"]["config"]
    config["limits"] = dataclasses.replace(LIMITS, **limits).to_dict()
    return spec


def test_a_memory_bomb_gets_a_memory_error(kernel):
    assert "MemoryError" in kernel.run("x = bytearray(1 << 30)")
    assert "RuntimeError" in kernel.run("import torch; x = torch.ones(1 << 28)")
    assert kernel.run("1 + 1") == "2"


def test_many_processes_cannot_each_use_the_limit(kernel):
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(os.urandom(1)) * (300 << 20)
        time.sleep(60)
        os._exit(0)
time.sleep(8)
"""
    assert kernel.run(code) == "dead"
    kernel.wait(kernel.provisioner.wait())
    assert "memory" in kernel.provisioner.fate


def test_memory_shared_with_the_server_is_not_counted(kernel):
    code = "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n    time.sleep(60)\ntime.sleep(1.5)"
    assert kernel.run(code) == ""
    assert watch.memory_of(kernel.provisioner.pid) < 512 * MIB


FORKS = """
import os, time
born = 0
for _ in range(80):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        born += 1
    except OSError:
        pass
born
"""


def test_no_more_processes_than_allowed(kernel):
    assert 10 < int(kernel.run(FORKS)) < LIMITS.processes


BUSY = """
import os, time
children = []
for _ in range(10):
    children.append(os.fork())
    if children[-1] == 0:
        os.setsid()
        while True:
            pass

def priorities():
    return {os.getpriority(os.PRIO_PROCESS, child) for child in children}

until = time.monotonic() + 20
while priorities() != {19} and time.monotonic() < until:
    time.sleep(0.1)
priorities(), os.getpriority(os.PRIO_PROCESS, 0)
"""


def test_a_kernel_with_many_busy_processes_gives_way_to_others(start):
    kernel, other = start(), start()
    assert kernel.run(BUSY) == "({19}, 0)"
    assert "PermissionError" in kernel.run("os.setpriority(os.PRIO_PROCESS, children[0], 0)")
    assert other.run("import os; os.getpriority(os.PRIO_PROCESS, 0)") == "0"


def test_the_watchdog_counts_processes_too(kernel):
    few = dataclasses.replace(LIMITS, processes=10)
    watch.watchdog.kernels[kernel.provisioner.pid].limits = few
    assert (
        kernel.run("import os, time\nfor _ in range(20):\n  if os.fork() == 0: time.sleep(60)\ntime.sleep(5)") == "dead"
    )
    kernel.wait(kernel.provisioner.wait())
    assert "more than 10 processes" in kernel.provisioner.fate


def test_a_fork_bomb_stays_small_and_dies(kernel):
    pid = kernel.provisioner.pid
    space = watch.pid_namespace(pid)
    request = kernel.send("import os\nwhile True:\n  try:\n    os.fork()\n  except OSError: pass")
    assert until(lambda: len(watch.processes_by_namespace({space})[space]) > 10)
    started = time.monotonic()
    for _ in range(10):
        assert len(watch.processes_by_namespace({space})[space]) <= LIMITS.processes + 1
        time.sleep(0.05)
    assert time.monotonic() - started < 5, "the machine is not usable"
    kernel.wait(kernel.provisioner.kill())
    assert until(lambda: not watch.processes_by_namespace({space})[space], timeout=30)  # on a busy machine, too
    assert "dead" in kernel.receive(request)


def test_orphans_die_with_the_kernel(kernel):
    space = watch.pid_namespace(kernel.provisioner.pid)
    kernel.run(
        "import subprocess; subprocess.Popen(['setsid', 'sh', '-c', 'sleep 100 & sleep 100'], start_new_session=True)"
    )
    assert until(lambda: len(watch.processes_by_namespace({space})[space]) >= 3)
    kernel.close()
    assert until(lambda: not watch.processes_by_namespace({space})[space])


def test_a_file_has_a_largest_size(kernel):
    code = "f = open('big', 'wb', 0)\nwhile f.tell() < 5 << 20 and f.write(bytes(1 << 20)): pass"
    assert "OSError" in kernel.run(code)


def test_scratch_has_a_largest_size(kernel):
    code = "for i in range(8):\n  open(f'/tmp/{i}', 'wb').write(bytes(3 << 20))"
    assert "No space left" in kernel.run(code)
    assert "No space left" in kernel.run("open('/dev/shm/x', 'wb').write(bytes(3 << 20))")


def test_cpu_time_is_limited(start, server):
    kernel = start(spec_with(server, cpu_seconds=2))
    assert kernel.run("import time\nwhile time.process_time() < 6: pass\nprint('alive')") == "dead"
    kernel.wait(kernel.provisioner.wait())
    assert "CPU" in kernel.provisioner.fate


def test_core_dumps_and_open_files_are_limited(kernel):
    assert kernel.run("import resource; resource.getrlimit(resource.RLIMIT_CORE)") == "(0, 0)"
    assert "Too many open files" in kernel.run("files = [open('/dev/null') for _ in range(300)]")


def test_endless_printing_does_not_grow_the_kernel(kernel):
    kernel.send("while True: print('x' * 10_000)")
    time.sleep(1.5)  # nobody reads
    pid = kernel.provisioner.pid
    assert not Path(f"/proc/{pid}").exists() or watch.memory_of(pid) < 1024 * MIB
    kernel.wait(kernel.provisioner.kill())


def test_output_goes_out_in_pieces_while_it_is_printed(kernel):
    request = kernel.send("for _ in range(2_000): print('x' * 10_000)")
    longest = total = 0
    while total < 20_000_000:
        message = kernel.wait(kernel.client.get_iopub_msg(), timeout=5)
        if message["msg_type"] == "stream" and message["parent_header"]["msg_id"] == request:
            longest, total = max(longest, len(message["content"]["text"])), total + len(message["content"]["text"])
    assert longest < 2 * output.PIECE


@pytest.mark.parametrize(
    "code",
    ["'x' * 50_000_000", "from IPython.display import HTML; HTML('x' * 50_000_000)"],
    ids=["result", "display"],
)
def test_an_output_that_is_too_large_is_not_sent_and_later_ones_are(kernel, code):
    assert "not shown: this output has" in kernel.run(code, timeout=8)
    assert kernel.run("1 + 1") == "2"


def test_one_endless_message_does_not_fill_the_grader(kernel, monkeypatch):
    """Raw frames with the "more" flag, past ipykernel: zmq counts no message before its end."""
    monkeypatch.setattr(watch, "OWN_GROWTH", 150 * MIB)
    before = watch.resident(os.getpid())
    code = """
import os, socket, struct, torch
def connection(number):
    try:
        each = socket.socket(fileno=os.dup(number))
        return each if each.family == socket.AF_UNIX and each.getpeername() is not None else None
    except OSError:
        return None
peers = [each for each in map(connection, range(3, 256)) if each]
frame = b"\\x03" + struct.pack(">Q", 8 << 20) + b"\\x01" * (8 << 20)
import threading
def flood(peer):
    for _ in range(60):
        peer.sendall(frame)
for peer in peers:
    peer.setblocking(True)
    threading.Thread(target=flood, args=[peer]).start()
"""
    kernel.send(code)
    kernel.wait(kernel.provisioner.ended(), timeout=10)
    kernel.wait(kernel.provisioner.wait())
    assert "grader" in kernel.provisioner.fate
    assert watch.resident(os.getpid()) - before < 2048 * MIB


def test_messages_have_a_largest_size_and_number(kernel):
    client = kernel.client
    for channel in (client.shell_channel, client.iopub_channel, client.stdin_channel, client.control_channel):
        assert channel.socket.getsockopt(zmq.MAXMSGSIZE) == kernels.MESSAGE_BYTES
        assert channel.socket.getsockopt(zmq.RCVHWM) == kernels.MESSAGES
