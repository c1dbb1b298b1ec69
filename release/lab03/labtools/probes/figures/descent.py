"""Exercise 1: level lines of f, the path of an optimizer, and four learning rates side by side."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
import torch

import labtools

Point = tuple[float, float]


def f(x1: Any, x2: Any) -> Any:
    """The function of exercise 1."""
    return (x1 - 6) ** 2 + x2**2 - x1 * x2


def draw_contours(axes: Any) -> Any:
    """Draw the level lines of f for x1 from 0 to 14 and x2 from -4 to 10, and return them."""
    x1, x2 = torch.meshgrid(torch.linspace(0, 14, 43), torch.linspace(-4, 10, 43), indexing="ij")
    lines = axes.contour(x1, x2, f(x1, x2), levels=[-11, -8, -4, 0, 8, 20, 40, 70], cmap="viridis")
    axes.set_xlabel("x₁")
    axes.set_ylabel("x₂")
    axes.set_xticks([0, 4, 8, 12])
    axes.set_yticks([-4, 0, 4, 8])
    axes.set_aspect("equal")
    return lines


def draw_path(axes: Any, path: torch.Tensor, label: str) -> None:
    """Draw a path, shape (number of points, 2), with its start and its end."""
    axes.plot(path[:, 0], path[:, 1], "o-", color="black", markersize=4, linewidth=1, label="path")
    axes.plot(path[0, 0], path[0, 1], "s", color="tab:blue", label="start")
    axes.plot(path[-1, 0], path[-1, 1], "*", color="tab:orange", markersize=14, label=label)
    axes.set_xlim(0, 14)
    axes.set_ylim(-4, 10)


def show_contours() -> None:
    """Show the level lines of f."""
    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    axes.clabel(draw_contours(axes), fontsize=8)
    axes.set_title("Level lines of $f$")
    labtools.show(figure, "Level lines of f: tilted ellipses around one lowest point near x1 = 8, x2 = 4.")


def show_path(optimizer_class: Any, function_class: Any, start: Point, alpha: float, steps: int) -> None:
    """Show where a student's optimizer goes. It is called with max_steps = 1 again and again, each time on a copy."""
    labtools.written(GradientDescentOptimizer=optimizer_class, MyFunction=function_class)

    def one_step(point: torch.Tensor) -> Any:
        return optimizer_class(function_class, 1, alpha)(point)

    points = [list(map(float, start))]
    for _ in range(steps):
        end = labtools.call(one_step, torch.tensor(points[-1], dtype=torch.float64))
        points.append(labtools.numbers(end, 2))
    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    draw_contours(axes)
    draw_path(axes, torch.tensor(points), f"after {steps} steps")
    axes.legend(loc="upper right")
    axes.set_title(f"Gradient descent, learning rate {alpha}", y=1)
    x1, x2 = points[-1]
    labtools.show(
        figure,
        f"Level lines of f and the path of the optimizer: from {start}, {steps} steps with learning rate {alpha} "
        f"lead to ({x1:.3f}, {x2:.3f}), where f is {f(x1, x2):.3f}.",
    )


def show_learning_rates() -> None:
    """Show walks with four learning rates side by side: the path above, f against the step below."""
    start, steps, rates = (5.0, 6.0), 12, (0.02, 0.2, 0.6, 0.7)
    figure, axes = plt.subplots(2, 4, figsize=(11, 5.8), height_ratios=[3, 2])
    said = []
    for above, below, rate in zip(*axes, rates):
        path = torch.tensor(walk(start, rate, steps))
        values = f(path[:, 0], path[:, 1])
        draw_contours(above)
        draw_path(above, path, "end")
        above.set_title(f"learning rate {rate:g}")
        below.plot(values, "o-", color="tab:blue", markersize=3, linewidth=1)
        below.axhline(-12, color="black", linestyle=":", linewidth=1)
        below.set_ylim(-16, 60)
        below.set_xlabel("step")
        said.append(f"{rate:g}: f is {values[-1]:.3g} after {steps} steps")
        if rate != rates[0]:
            above.set_ylabel("")
    axes[1][0].set_ylabel("f")
    figure.subplots_adjust(wspace=0.3, hspace=0.3)
    labtools.show(
        figure,
        f"Walks from {start} with four learning rates, above the path, below f against the step (dotted: the smallest "
        f"value, -12). With {'; '.join(said)}. The first is slow, the second arrives soon, the third jumps to and fro "
        "and arrives, the fourth jumps further with each step.",
    )


def walk(start: Point, rate: float, steps: int) -> list[Point]:
    """The points of gradient descent on f with a constant learning rate."""
    points = [start]
    for _ in range(steps):
        a, b = points[-1]
        points.append((a - rate * (2 * a - 12 - b), b - rate * (2 * b - a)))
    return points
