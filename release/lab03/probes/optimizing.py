"""Optimizer classes of the student, run on functions that they have not seen."""

from __future__ import annotations

from typing import Any

import torch

from labtools.asking import Answer, ask, attempt, probe
from labtools.checks import expect
from labtools.plaindata import plain, restore


def descent(
    start: Any,
    alpha: float,
    max_steps: int,
    calls: int = 1,
    A: Any = ((2, -1), (-1, 2)),
    center: Any = (8, 4),
    offset: float = -12,
    wall: float = 0,
    limit: int = 1500,
    look: bool = False,
) -> dict[str, Any]:
    """One run for `optimize`. Without further arguments the function is f of exercise 1.

    The function is ½ dᵀ A d + ½ wall·max(d₁, 0)² + offset with d = x − center. The optimizer is called
    `calls` times with the same start; after `limit` evaluations a RuntimeError ends the run. With `look`, what
    the start is after all calls is added to the end points.
    """
    return {
        "start": start,
        "alpha": alpha,
        "max_steps": max_steps,
        "calls": calls,
        "A": A,
        "center": center,
        "offset": offset,
        "wall": wall,
        "limit": limit,
        "look": look,
    }


def optimize(optimizer_class: Any, runs: list[dict[str, Any]]) -> list[Answer]:
    """Run an optimizer class on functions that it has not seen: for each run its end points, one a call."""
    answers = ask(probe_optimize, optimizer_class, runs)
    expect(len(answers) == len(runs), "Your optimizer gave no complete answer.")
    return answers


@probe
def probe_optimize(optimizer_class: Any, runs: list[dict[str, Any]]) -> list[Answer]:
    def optimized(run: dict[str, Any]) -> Any:
        evaluations = 0
        matrix = torch.tensor(run["A"], dtype=torch.float64)
        center = torch.tensor(run["center"], dtype=torch.float64)

        class Function(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
                nonlocal evaluations
                evaluations += 1
                if evaluations > run["limit"]:
                    raise RuntimeError(f"stopped after {run['limit']} evaluations of the function")
                d = x.detach().to(torch.float64) - center
                wall = run["wall"] * d[0].clamp(min=0)
                ctx.save_for_backward((matrix @ d + torch.stack([wall, 0 * wall])).to(x.dtype))
                return (0.5 * (d @ matrix @ d + wall * d[0]) + run["offset"]).to(x.dtype)

            @staticmethod
            def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
                return grad_output * ctx.saved_tensors[0]

        start = torch.tensor(run["start"], dtype=torch.float64)
        optimizer = optimizer_class(Function, run["max_steps"], run["alpha"])
        ends = [restore(plain(optimizer(start))) for _ in range(run["calls"])]  # by value: two ends may be one tensor
        return [*ends, start] if run["look"] else ends

    return [attempt(optimized, run) for run in runs]
