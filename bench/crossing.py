"""What it costs to cross the wall: a question without work, and a call of a function that a check lends.

`python -m bench.crossing` prints wall time and CPU time of both sides together, each for one crossing.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable

from nbformat.v4 import new_code_cell

from autograder.course import TimeLimits, open_course, tools_folder
from autograder.examine.questions import Questions
from autograder.examine.student import StudentKernel
from autograder.sandbox import WarmServer

from labtools.callbacks import Lent
from labtools.plaindata import plain

CODE = """
def once():
    return 0.0

def often(function, times):
    for _ in range(times):
        function(1.0, 2.0)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--times", type=int, default=2000)
    options = parser.parse_args()
    course = open_course(options.lab)
    with WarmServer(course.release, tools=tools_folder()) as server:
        asyncio.run(measure(server, options.times))


async def measure(server: WarmServer, times: int) -> None:
    kernel = StudentKernel(server.spec, TimeLimits(), time.monotonic() + 300)
    await kernel.start()
    try:
        await kernel.run(new_code_cell(CODE))
        questions = Questions(kernel, asyncio.get_running_loop())

        def ask(name: str, arguments: tuple, number: int) -> None:
            for _ in range(number):
                lent = Lent()
                kind, what = questions.ask("probe_calls", name, plain(([arguments],), lent.lend), lent)
                assert kind == "answers" and what[0][1] is None, what

        def lent(x1: float, x2: float) -> list[float]:
            return [x1 + x2, x1, x2]

        await report("a question and its answer", times, lambda: ask("once", (), times))
        await report("a call of a lent function", times, lambda: ask("often", (lent, times), 1))
    finally:
        await kernel.stop()


async def report(what: str, times: int, work: Callable[[], None]) -> None:
    """Do the work in a thread, as test cells are, and print what it took."""
    own, began = time.process_time(), time.perf_counter()
    await asyncio.to_thread(work)
    wall, own = time.perf_counter() - began, time.process_time() - own
    print(f"{what}: {1e3 * wall / times:.3f} ms, of which {1e3 * own / times:.3f} ms of CPU on the grader's side")


if __name__ == "__main__":
    main()
