"""Optimizer classes of the student, run on functions that they have not seen.

The functions stay on the side of the check, which computes and notes each evaluation: the student's process gets
a value and a gradient for each point that it asks about, and never the function or its minimum.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from typing import Any

import torch

from labtools.asking import Answer, ask, attempt, probe
from labtools.expecting import expect
from labtools.functions import standing_in
from labtools.plaindata import plain, restore

Point = tuple[float, float]


class Descent:
    """One run for `optimize`. Without further arguments the function is f of exercise 1.

    The function is ½ dᵀ A d + ½ wall·max(d₁, 0)² + offset with d = x − center. The optimizer is called
    `calls` times with the same start; after `limit` evaluations a RuntimeError ends the run. With `look`, what
    the start is after all calls is added to the end points. `visited` are the points of the evaluations. With
    `stands_for` the student's code finds the function under that name as well: who calls `MyFunction` where `self.func`
    is meant is told so by one check, not by all.
    """

    def __init__(
        self,
        start: Point,
        alpha: float,
        max_steps: int,
        calls: int = 1,
        A: tuple[Point, Point] = ((2, -1), (-1, 2)),
        center: Point = (8, 4),
        offset: float = -12,
        wall: float = 0,
        limit: int = 1500,
        look: bool = False,
        stands_for: str = "",
    ) -> None:
        self.start = start
        self.alpha = alpha
        self.max_steps = max_steps
        self.calls = calls
        self.A = A
        self.center = center
        self.offset = offset
        self.wall = wall
        self.limit = limit
        self.look = look
        self.stands_for = stands_for
        self.visited: list[Point] = []

    def gradient(self, x1: float, x2: float) -> Point:
        """The gradient at a point."""
        (a, b), (_, c) = self.A
        d1, d2 = x1 - self.center[0], x2 - self.center[1]
        return a * d1 + b * d2 + self.wall * max(d1, 0.0), b * d1 + c * d2

    def value(self, x1: float, x2: float) -> float:
        """The value at a point."""
        (a, b), (_, c) = self.A
        d1, d2 = x1 - self.center[0], x2 - self.center[1]
        wall = self.wall * max(d1, 0.0)
        return 0.5 * (d1 * (a * d1 + b * d2) + d2 * (b * d1 + c * d2) + wall * d1) + self.offset

    def evaluate(self, x1: Any, x2: Any) -> list[float]:
        """What is lent to the student's code: value and gradient at a point, as three numbers."""
        point = float(x1), float(x2)
        self.visited.append(point)
        if len(self.visited) > self.limit:
            raise RuntimeError(f"stopped after {self.limit} evaluations of the function")
        return [self.value(*point), *self.gradient(*point)]


def expect_walked(run: Descent, end: Sequence[float], within: float) -> None:
    """Fail unless the function was evaluated at the start, then along the gradient, and within `within` of the end.

    An optimizer that returns a point which it has not come to by steps has not looked for it. The start may be rounded
    to whole numbers: that costs the steps that have to be exact, and nothing else.
    """

    def nearest(point: Sequence[float]) -> float:
        """The distance of a point from the evaluations."""
        return min(math.dist(point, visited) for visited in run.visited)

    expect(bool(run.visited), "It does not call the function that it was given: `self.func.apply(x)`.")
    expect(nearest(run.start) < 1.5, "It does not begin at the starting point that it was given.")
    first = next((point for point in run.visited if math.dist(point, run.visited[0]) > 1e-9), run.visited[0])
    d1, d2 = first[0] - run.visited[0][0], first[1] - run.visited[0][1]
    g1, g2 = run.gradient(*run.visited[0])
    long = math.hypot(g1, g2)  # at the minimum itself it is rounding, and has any direction
    turned = long > 1e-3 and abs(d1 * g2 - d2 * g1) > 0.02 * math.hypot(d1, d2) * long
    expect(not turned, "Its first step does not go along the gradient.")
    expect(nearest(end) < within, "The point that it returns is none that it has come to by its steps.")


def optimize(optimizer_class: Any, runs: list[Descent]) -> list[Answer]:
    """Run an optimizer class on functions that it has not seen: for each run its end points, one a call."""
    settings = [
        [list(run.start), run.alpha, run.max_steps, run.calls, run.look, run.stands_for, run.evaluate] for run in runs
    ]
    answers = ask(probe_optimize, optimizer_class, settings)
    expect(len(answers) == len(runs), "Your optimizer gave no complete answer.")
    return answers


@probe
def probe_optimize(optimizer_class: Any, runs: list[Any]) -> list[Answer]:
    def optimized(start: Any, alpha: float, max_steps: int, calls: int, look: bool, name: str, evaluate: Any) -> Any:
        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
                value, *gradient = evaluate(*x.detach().tolist())
                ctx.save_for_backward(torch.tensor(gradient, dtype=x.dtype))
                return torch.tensor(value, dtype=x.dtype)

            @staticmethod
            def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
                return grad_output * ctx.saved_tensors[0]

        start = torch.tensor(start, dtype=torch.float64)
        with standing_in(inspect.getattr_static(optimizer_class, "__call__", None), {name: Function} if name else {}):
            optimizer = optimizer_class(Function, max_steps, alpha)
            ends = [restore(plain(optimizer(start))) for _ in range(calls)]  # by value: two ends may be one tensor
        return [*ends, start] if look else ends

    return [attempt(optimized, *run) for run in runs]
