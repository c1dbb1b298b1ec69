"""A rehearsal of a notebook, before there are kernels: to import once what every kernel would import.

Much is imported only where it is used first (torch's optimizers alone take half a second). So a throwaway
child of the server uses it, and the server then imports the modules that the child had to load.
The child is needed because backward starts threads, and the server must stay without.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from .layout import COMPILER

#: What is used, with the package that it needs beside IPython.
CELLS = (
    ("", "import warnings\nwarnings.warn('a warning')"),
    (
        "numpy",
        """
import numpy as np
np.random.rand(3), np.linalg.norm([1.0]), np.fft.fft([1.0]), str(np.ones(3))
""",
    ),
    (
        "pandas",
        """
from importlib import import_module
table = import_module("pandas").DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
str(table), table._repr_html_(), table.groupby("b").mean(), table.merge(table, on="b"), table.describe()
""",
    ),
    (
        "torch",
        """
import numpy as np
import torch
x = torch.ones(3, dtype=torch.float64, requires_grad=True)
(x.exp() * torch.randn(3)).sum().backward()
str(x)
""",
    ),
    (
        "torch",
        """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2
    @staticmethod
    def backward(ctx, gradient):
        return 2 * ctx.saved_tensors[0] * gradient
torch.autograd.gradcheck(Square.apply, x)
""",
    ),
    (
        COMPILER,
        """
import torch
model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
for optimizer in torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9), torch.optim.Adam(model.parameters()):
    loss = torch.nn.functional.mse_loss(model(torch.randn(4, 3)), torch.zeros(4, 1))
    loss.backward()
    optimizer.step()
""",
    ),
    (
        "matplotlib",
        """
import numpy as np
from matplotlib import pyplot as plt
figure, axes = plt.subplots(1, 3, figsize=(9, 3))
axes[0].contour(np.random.rand(5, 5))
axes[1].imshow(np.random.rand(5, 5))
axes[2].plot([1, 10], [1, 10], "o-", label="$x^2$")
axes[2].set_yscale("log")
axes[2].legend()
plt.tight_layout()
display(figure)
plt.close("all")
""",
    ),
    ("matplotlib", "%matplotlib inline"),
    ("", "%timeit -n 1 -r 1 1"),
    ("", "!true"),
    ("", "def fail(x): return 1 / x\nfail(0)"),
    ("", "def broken(:"),
)


Wake = Callable[[dict[str, Any], dict[int, int]], None]  # a kernel, with its connection and its listening sockets


def rehearse(wake: Wake, run_cell: Callable[[str], object], packages: list[str]) -> None:
    """Have a child wake up as a kernel and run the cells for these packages; import what it imported."""
    parent, child = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            parent.close()
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
            perform(wake, run_cell, packages)
            child.sendall("\n".join(sys.modules).encode())
        os._exit(0)
    child.close()
    with parent.makefile() as names:
        for name in names.read().splitlines():
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    os.waitpid(pid, 0)


def perform(wake: Wake, run_cell: Callable[[str], object], packages: list[str]) -> None:
    """Be a kernel that nobody listens to, and run the cells."""
    folder = tempfile.mkdtemp()
    ports = {f"{channel}_port": number for number, channel in enumerate(("shell", "iopub", "stdin", "control"), 1)}
    listeners = {}
    for port in ports.values():
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(f"{folder}/z-{port}")
        listener.listen()
        listeners[port] = listener.detach()
    connection = {"transport": "ipc", "ip": f"{folder}/z", "key": "", "signature_scheme": "hmac-sha256"}
    wake({**connection, **ports}, listeners)
    for needed, cell in CELLS:
        if not needed or needed in packages:
            run_cell(cell)
