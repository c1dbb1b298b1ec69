"""How kernels and their server live and die."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import time

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.sandbox import watch
from autograder.sandbox.descriptors import listen
from autograder.sandbox.provisioner import KernelRefused

from .conftest import Kernel, until


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        ("import os; os._exit(3)", "exit code 3"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.abort()", "died of SIG"),
    ],
)
def test_a_death_is_noticed_at_once(kernel, code, fate):
    started = time.monotonic()
    assert kernel.run(code) == "dead"
    assert time.monotonic() - started < 2
    kernel.wait(kernel.provisioner.wait())
    assert fate in kernel.provisioner.fate


def test_an_interrupt_ends_a_loop(kernel):
    request = kernel.send("while True: pass")
    time.sleep(0.3)
    kernel.wait(kernel.manager.interrupt_kernel())
    assert kernel.receive(request, timeout=5).startswith("KeyboardInterrupt")
    assert kernel.run("1 + 1") == "2"


def test_a_loop_that_ignores_interrupts_is_killed(kernel):
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    request = kernel.send(code + "\nwhile True: pass")
    time.sleep(0.3)
    kernel.wait(kernel.manager.interrupt_kernel())
    kernel.manager.shutdown_wait_time = 3600  # that jupyter_client gives a kernel which was asked to end
    kernel.wait(kernel.manager.shutdown_kernel(now=False))
    assert not kernel.provisioner.has_process
    assert kernel.provisioner.fate is None, "it was asked to end"
    del request


def test_a_restarted_kernel_is_new(kernel):
    kernel.run("x = 1")
    kernel.wait(kernel.manager.restart_kernel(now=True))
    kernel.wait(kernel.client.wait_for_ready())
    assert kernel.run("x").startswith("NameError")


def test_nbclient_runs_a_notebook(server):
    cells = [
        "import tools",
        "from matplotlib import pyplot as plt\nplt.plot([1, 2]);",
        "!echo shell",
        "print(tools)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, km=server.kernel_manager(), timeout=20).execute()
    assert "image/png" in notebook.cells[1].outputs[0]["data"]
    assert "shell" in notebook.cells[2].outputs[0]["text"]


def test_torch_and_its_autograd_work(kernel):
    code = """
import torch
x = torch.ones(300, 300, requires_grad=True)
(x @ x).sum().backward()
print(torch.autograd.gradcheck(lambda t: (t**2).sum(), torch.ones(2, dtype=torch.float64, requires_grad=True)))
"""
    assert kernel.run(code) == "True"


def test_random_numbers_differ_between_kernels(start):
    code = "import random, torch, numpy; [random.random(), torch.rand(1).item(), numpy.random.rand()]"
    first, second = eval(start().run(code)), eval(start().run(code))
    assert all(one != other for one, other in zip(first, second, strict=True))


def test_a_kernel_can_call_a_socket_of_the_grader(kernel):
    with listen(kernel.provisioner.directory / "wall") as wall:
        wall.settimeout(5)
        code = f"import socket; s = socket.socket(socket.AF_UNIX); s.connect('{kernel.provisioner.inside}/wall')"
        assert kernel.run(code) == ""
        connection, _ = wall.accept()
        kernel.run("s.sendall(b'hello')")
        assert connection.recv(10) == b"hello"
        connection.close()


def test_the_server_leaves_no_zombies(start):
    spaces = []
    for _ in range(3):
        kernel = start()
        spaces.append(watch.pid_namespace(kernel.provisioner.pid))
        kernel.run("import os; os._exit(0)")
        kernel.close()
    assert until(lambda: not watch.processes_by_namespace(set(spaces)))


def test_a_crashed_server_is_noticed_and_can_start_again(server):
    kernel = Kernel(server.spec)
    os.kill(server._process.pid, signal.SIGKILL)
    try:
        assert until(lambda: not server.running)
        kernel.wait(kernel.provisioner.ended(), timeout=5)
        with pytest.raises(KernelRefused):
            Kernel(server.spec)
        kernel.close()
    finally:
        server.start()
    kernel = Kernel(pickle.loads(pickle.dumps(server.spec)))
    assert kernel.run("6 * 7") == "42"
    kernel.close()


def test_malformed_messages_are_dropped(kernel):
    code = """
socket, session = get_ipython().kernel.iopub_socket, get_ipython().kernel.session
socket.send_multipart([b"no message"])
socket.send_multipart([b"<IDS|MSG>", b"bad signature", b"{}", b"{}", b"{}", b"{}"])
for header in b"[]", b"{", b"[" * 100_000, b'{"msg_id": 1, "msg_type": []}', b"\\xff":
    parts = [header, b"[]", b"{}", b"{}"]
    socket.send_multipart([b"<IDS|MSG>", session.sign(parts), *parts])
"""
    assert kernel.run(code) == ""
    assert kernel.run("1 + 1") == "2"


def test_kernels_of_a_grader_that_is_gone_end(start, server):
    for _ in range(5):
        kernel = start()
        kernel.provisioner._server.shutdown(socket.SHUT_RDWR)
        kernel.wait(kernel.provisioner.ended(), timeout=5)
    assert start().run("1 + 1") == "2"
    assert server.running


@pytest.mark.parametrize("code", ["breakpoint()", "import pdb; pdb.set_trace()"], ids=["breakpoint", "set_trace"])
def test_a_breakpoint_is_named(kernel, code):
    assert "take them out" in kernel.run(code, timeout=10)
    assert kernel.run("1 + 1") == "2"
