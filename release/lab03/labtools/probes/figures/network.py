"""Exercise 2: a drawing of the network."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt

import labtools

NODES = {
    "$x_1$": (0, 2, "#56B4E9"),
    "$x_2$": (0, 0, "#56B4E9"),
    "$z_1$": (2.2, 2, "#F0E442"),
    "$z_2$": (2.2, 0, "#F0E442"),
    "$f$": (4.4, 1, "#E69F00"),
    "$L$": (6, 1, "#FFFFFF"),
}
ARROWS = [  # from, to, label, and where on the way the label stands
    ("$x_1$", "$z_1$", "$w_{11}$", 0.5),
    ("$x_1$", "$z_2$", "$w_{12}$", 0.27),
    ("$x_2$", "$z_1$", "$w_{21}$", 0.27),
    ("$x_2$", "$z_2$", "$w_{22}$", 0.5),
    ("$z_1$", "$f$", "$u_1$", 0.5),
    ("$z_2$", "$f$", "$u_2$", 0.5),
    ("$f$", "$L$", "", 0.5),
]
BIASES = [("$z_1$", "$b_1$"), ("$z_2$", "$b_2$"), ("$f$", "$c$"), ("$L$", "$y$")]
HEADS = [(0, "inputs"), (2.2, "hidden layer: tanh"), (4.4, "output: sigmoid"), (6, "loss")]


def draw_network(axes: Any) -> None:
    """Draw the network: nodes, weights on the arrows, biases from below."""
    label: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 12}
    paper = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}
    arrow = {"arrowstyle": "-|>", "color": "black", "shrinkA": 15, "shrinkB": 15}
    for start, end, name, part in ARROWS:
        (x, y, _), (to_x, to_y, _) = NODES[start], NODES[end]
        axes.annotate("", (to_x, to_y), (x, y), arrowprops=arrow)
        if name:
            axes.text(x + part * (to_x - x), y + part * (to_y - y), name, bbox=paper, **label)
    for end, name in BIASES:
        x, y, _ = NODES[end]
        axes.annotate(name, (x, y), (x, y - 0.85), arrowprops={**arrow, "shrinkA": 2}, **label)
    for name, (x, y, color) in NODES.items():
        axes.plot(x, y, "s" if name == "$L$" else "o", markersize=28, color=color, markeredgecolor="black")
        axes.text(x, y, name, **label)
    for x, name in HEADS:
        axes.text(x, 2.75, name, **{**label, "fontsize": 9})
    axes.set_xlim(-0.5, 6.5)
    axes.set_ylim(-1.1, 3)
    axes.axis("off")


def show_network() -> None:
    """Show the drawing."""
    figure, axes = plt.subplots(figsize=(7, 3.6))
    draw_network(axes)
    labtools.show(
        figure,
        "The network, from left to right: inputs x1 and x2; hidden neurons z1 and z2 (tanh); output neuron f "
        "(sigmoid); loss L. Arrows lead from x1 to z1 (weight w11), x1 to z2 (w12), x2 to z1 (w21), x2 to z2 (w22), "
        "z1 to f (u1), z2 to f (u2), and f to L. Short arrows bring the biases b1, b2 and c to z1, z2 and f, "
        "and the target y to L.",
    )
