"""An IPython kernel in two halves: what every kernel needs, done once, and what a forked one still needs."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pdb
import pkgutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import zmq
from ipykernel.control import ControlThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from traitlets.config import Config
from zmq.eventloop.zmqstream import ZMQStream

from . import output
from .rehearsal import rehearse

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo

CONFIG = {
    "HistoryManager": {"enabled": False},
    "IPCompleter": {"use_jedi": False},
    "WarmKernel": {"_execute_sleep": 0},  # output is flushed all the same
}


class NoSubshells:
    """Stands where ipykernel has the thread of its subshells: cells run in the main thread, and nowhere else."""

    def __init__(self) -> None:
        self.parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class WarmKernel(IPythonKernel):
    """IPython's kernel without subshells: a message reaches it without a detour through another thread."""

    _supports_kernel_subshells = False


class WarmKernelApp(IPKernelApp):
    """ipykernel's application, prepared by `warm` before the fork and `wake` after it.

    The sockets come from the grader, bound and listening, so nobody waits for the other. There is no
    heartbeat (the grader holds a pidfd), no connection file, no profile, no debugger and no subshells.
    """

    listeners: dict[int, int] = {}
    kernel_class: Any = WarmKernel
    outstream_class: Any = f"{output.__name__}.{output.PacedStream.__name__}"
    shell: Any

    def warm(self, lab: Path, packages: list[str]) -> None:
        """Build what can be built before the fork. No thread and no zmq context may exist after this.

        `lab` is the folder with the lab's modules, which are loaded too, after the packages.
        """
        gc.disable()  # what is loaded stays
        load(packages)
        sys.path.insert(0, str(lab))
        load_modules(lab)
        self.log.setLevel(self.log_level)  # the application leaves that to its handler, record by record
        self.update_config(Config(CONFIG))
        self.init_pdb()
        sys.breakpointhook = pdb.set_trace = no_debugger
        self.init_path()
        self.init_profile_dir()
        self.kernel = self.kernel_class.instance(
            parent=self, session=self.session, log=self.log, profile_dir=self.profile_dir
        )
        self.shell = self.kernel.shell
        rehearse(self.wake, self.shell.run_cell, packages)
        if "matplotlib" in packages:
            draw()
        fail()
        gc.freeze()
        gc.set_threshold(10_000)  # a notebook is short; collections touch pages that a kernel shares with this process
        gc.enable()
        if len(os.listdir("/proc/self/task")) > 1:
            raise RuntimeError("the warm server has threads, which a fork would lose")

    def wake(self, connection: dict[str, Any], listeners: dict[int, int]) -> None:
        """Get ready for `start`, as the kernel of a connection. `listeners`: port → listening socket."""
        self.listeners = listeners
        reseed()
        connection["key"] = connection["key"].encode()
        self.load_connection_info(cast("KernelConnectionInfo", connection))
        self.session.pid = os.getpid()  # else it takes us for a careless fork
        self.init_sockets()
        self.init_io()
        self.init_signal()
        self.init_kernel()

    def _bind_socket(self, s: Any, port: int) -> int:
        """Let zmq take over the listening socket that the grader made for this port."""
        s.setsockopt(zmq.USE_FD, self.listeners[port])
        s.bind(f"ipc://{self.ip}-{port}")
        return port

    def init_control(self, context: Any) -> None:
        self.control_socket = context.socket(zmq.ROUTER)
        self.control_port = self._bind_socket(self.control_socket, self.control_port)
        self.control_socket.router_handover = 1
        self.control_thread = ControlThread(daemon=True)

    def init_iopub(self, context: Any) -> None:
        self.iopub_socket = context.socket(zmq.XPUB)
        self.iopub_port = self._bind_socket(self.iopub_socket, self.iopub_port)
        self.configure_tornado_logger()
        self.iopub_thread = output.OutputThread(self.iopub_socket, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def init_kernel(self) -> None:
        """Give the kernel, which was made before the fork, its threads and sockets."""
        shell_stream = ZMQStream(self.shell_socket)
        control_stream = ZMQStream(self.control_socket, self.control_thread.io_loop)
        self.control_thread.start()
        kernel = self.kernel
        kernel.shell_stream, kernel.control_stream = shell_stream, control_stream
        kernel.control_thread, kernel.shell_channel_thread = self.control_thread, NoSubshells()
        kernel.iopub_thread, kernel.iopub_socket = self.iopub_thread, self.iopub_socket
        kernel.stdin_socket = self.stdin_socket
        kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
        self.shell.displayhook.pub_socket = self.shell.display_pub.pub_socket = self.iopub_socket
        self.displayhook.get_execution_count = lambda: kernel.execution_count


def load(packages: list[str]) -> None:
    """Import packages, those that are here."""
    for name in packages:
        with contextlib.suppress(ImportError):
            importlib.import_module("matplotlib.pyplot" if name == "matplotlib" else name)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


def load_modules(lab: Path) -> None:
    """Import the modules of a lab, and of its tools what each kernel will need: their packages, and what answers."""
    tools = [module.name for module in pkgutil.walk_packages([str(lab / "labtools")], "labtools.", id) if module.ispkg]
    for name in sorted([*(module.name for module in pkgutil.iter_modules([str(lab)])), *tools, "labtools.answering"]):
        with contextlib.suppress(Exception, SystemExit):  # which students then see in their own cell
            importlib.import_module(name)


def no_debugger(*given: Any, **named: Any) -> NoReturn:
    """What `breakpoint()` does here, where its own error would have no words."""
    raise RuntimeError("breakpoint() and set_trace() stop for nobody when this is graded: take them out")


def reseed() -> None:
    """Kernels of one server must not share their random numbers. (`random` sees to that itself.)"""
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    if "torch" in sys.modules:
        sys.modules["torch"].default_generator.seed()


def draw() -> None:
    """Draw a figure as a cell does: this loads the fonts."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([0, 1], [1, 10], label="$x^2$")
    axes.set_yscale("log")
    axes.set_title("warm")
    axes.legend()
    shell: Any = ZMQInteractiveShell.instance()
    shell.display_formatter.format(figure)
    pyplot.close("all")


def fail() -> None:
    """Format an error as for a cell."""
    try:
        exec("1 / 0")
    except ZeroDivisionError:
        ZMQInteractiveShell.instance().InteractiveTB.structured_traceback(*sys.exc_info())
