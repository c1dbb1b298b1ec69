"""Exercise 3: the data, the loss during training, several starts, and what a network says of the plane."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import torch
from torch import Tensor

import labtools
from labtools.probes.training import LIMIT, Training


def draw_points(axes: Any, x: Tensor, target: Tensor) -> None:
    """Draw the data, x of shape (N, 2): a star for target 1, squares for target 0."""
    inside = target == 1
    style = {"linestyle": "none", "markeredgecolor": "black"}
    axes.plot(x[inside, 0], x[inside, 1], marker="*", color="tab:orange", markersize=15, label="target 1", **style)
    axes.plot(x[~inside, 0], x[~inside, 1], marker="s", color="white", markersize=7, label="target 0", **style)
    axes.set_xlabel("x₁")
    axes.set_ylabel("x₂")
    axes.set_xticks([-1, 0, 1])
    axes.set_yticks([-1, 0, 1])
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.5, 1.5)
    axes.set_aspect("equal")


def show_data(x: Tensor, target: Tensor) -> None:
    """Show the data."""
    figure, axes = plt.subplots(figsize=(3.4, 3.4))
    draw_points(axes, x, target)
    axes.legend(loc="upper right", fontsize=8)
    axes.set_title("The data")
    labtools.show(
        figure,
        "The data: a star at (0, 0) for target 1, and four squares around it, at (1, 0), (0, -1), (-1, 0) and "
        "(0, 1), for target 0.",
    )


def show_loss_curve(training: Training, params: Tensor, alpha: float, steps: int) -> None:
    """Show how the loss goes down from `params`."""
    at, losses = training.curve(params, alpha, steps, every=max(1, steps // 25))
    figure, axes = plt.subplots(figsize=(4.5, 3))
    axes.plot(at, losses, color="tab:blue")
    axes.set_ylim(bottom=0)
    axes.locator_params(nbins=3)
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.set_title(f"Training with learning rate {alpha}", y=1)
    labtools.show(
        figure,
        f"The loss during {at[-1]} steps with learning rate {alpha}: {losses[0]:.3f} at the start, "
        f"{losses[len(losses) // 2]:.3f} after {at[len(at) // 2]} steps, {losses[-1]:.4f} at the end.",
    )


def show_restarts(training: Training) -> None:
    """Show four trainings from random starts."""
    starts = torch.randn(4, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(10))
    curves = [training.curve(start, 4.0, 40, every=5) for start in starts]
    ends = [losses[-1] for _, losses in curves]
    figure, axes = plt.subplots(figsize=(4.8, 3.2))
    for at, losses in curves:
        style: dict[str, Any] = (
            {"color": "tab:blue"} if losses[-1] < LIMIT else {"color": "tab:orange", "linestyle": "--"}
        )
        axes.plot(at, losses, **style)
    axes.axhline(LIMIT, color="black", linestyle=":", linewidth=1)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xticks([0, 20, 40])
    axes.set_yticks([0.05, 0.2, 1], ["0.05", "0.2", "1"])
    axes.set_xlabel("step")
    axes.set_ylabel("loss (log scale)")
    axes.set_title("Four starts: solid ends below 0.2, dashed above", fontsize=10, y=1)
    labtools.show(
        figure,
        "The loss of four trainings from random starts, 40 steps with learning rate 4. They end at "
        + ", ".join(f"{end:.3f}" for end in ends)
        + f"; {sum(end < LIMIT for end in ends)} of 4 are below 0.2.",
    )


def probabilities(predict: Callable[..., Any], params: Any, x: Tensor) -> tuple[Tensor, Tensor]:
    """What a student's network says of the data, shape (N,), and of the plane, shape (41, 41)."""
    x1, x2 = plane()
    points = torch.cat([x, torch.stack([x1.reshape(-1), x2.reshape(-1)], dim=1)])
    said = torch.tensor(labtools.numbers(labtools.call(predict, points, *params), len(points)), dtype=torch.float64)
    return said[: len(x)], said[len(x) :].reshape(x1.shape)


def plane() -> tuple[Tensor, Tensor]:
    """Where the probabilities are drawn: x1 and x2, each of shape (41, 41)."""
    line = torch.linspace(-1.5, 1.5, 41, dtype=torch.float64)
    x1, x2 = torch.meshgrid(line, line, indexing="ij")
    return x1, x2


def draw_probabilities(axes: Any, p: Tensor, x: Tensor, target: Tensor) -> Any:
    """Colour the plane by the probabilities p, draw the decision boundary and the data, and return the colours."""
    colours = axes.contourf(*plane(), p, levels=[0, 0.1, 0.3, 0.5, 0.7, 0.9, 1], cmap="viridis")
    axes.contour(*plane(), p, levels=[0.5], colors="black", linewidths=2)
    draw_points(axes, x, target)
    return colours


def show_boundaries(predict: Callable[..., Any], best: Any, other: Any, x: Tensor, target: Tensor) -> None:
    """Show the decision boundaries of two networks: the parameters `best`, and `other`, which were never trained."""
    (here, left_plane), (there, right_plane) = (probabilities(predict, params, x) for params in (best, other))
    losses = [float(torch.nn.functional.binary_cross_entropy(p.clamp(0, 1), target)) for p in (here, there)]
    figure, (left, right, bar) = plt.subplots(1, 3, figsize=(7.6, 3), width_ratios=[12, 12, 0.6])
    draw_probabilities(left, left_plane, x, target)
    colours = draw_probabilities(right, right_plane, x, target)
    figure.colorbar(colours, cax=bar, label="probability of class 1", ticks=[0, 0.5, 1])
    left.set_title(f"best of your restarts: loss {losses[0]:.3f}", fontsize=10, y=1)
    right.set_title(f"random: loss {losses[1]:.3f}", fontsize=10, y=1)
    said = [", ".join(f"{p:.2f}" for p in each) for each in (here, there)]
    labtools.show(
        figure,
        "Two maps of the plane, coloured by the probability of class 1, with the decision boundary and the data: star "
        "(class 1) in the middle, squares (class 0) around it. The probabilities of the five points, the star first: "
        f"left, the best of the trained networks, {said[0]}; right, a random network, {said[1]}.",
    )
