"""How much memory do the warm server and its kernels take, when they have run a whole notebook?"""

from __future__ import annotations

import asyncio

from autograder.course import Course, is_constant, is_test, read_notebook, sandbox_limits, time_limits
from autograder.examine.student import StudentKernel
from autograder.sandbox import WarmServer
from bench.measure import memory_of_descendants


async def measure(home: Course, kernels: int) -> tuple[float, float]:
    """The server's memory, and what each of several kernels at a time adds at most to it, both in MB.

    Every kernel runs the cells of the solved notebooks, one notebook a kernel, and is kept until the end.
    """
    config = home.config()
    books = [read_notebook(path) for path in sorted(home.source.glob("*.ipynb"))]
    started: list[StudentKernel] = []
    with WarmServer(home.release, sandbox_limits(config)) as server:
        alone = most = memory_of_descendants()
        try:
            for number in range(kernels):
                kernel = StudentKernel(server.spec, time_limits(config), float("inf"))
                started.append(kernel)
                await kernel.start()
                for cell in books[-1 - number % len(books)].cells:
                    if cell.cell_type == "code" and not is_test(cell) and not is_constant(cell):
                        await kernel.run(cell)
                        most = max(most, memory_of_descendants())
        finally:
            for kernel in started:
                await kernel.stop()
    return alone / 1e6, (most - alone) / kernels / 1e6


def report_memory(home: Course, kernels: int) -> None:
    alone, each = asyncio.run(measure(home, kernels))
    print(f"the warm server takes {alone:.0f} MB, each of {kernels} kernels {each:.0f} MB more")
