"""The lab's figures: drawing code that a notebook needs and nobody has to read."""

from __future__ import annotations

from labtools.probes.figures.descent import draw_contours, show_contours, show_learning_rates, show_path
from labtools.probes.figures.network import draw_network, show_network
from labtools.probes.figures.training import show_boundaries, show_data, show_loss_curve, show_restarts

__all__ = [
    "draw_contours",
    "draw_network",
    "show_boundaries",
    "show_contours",
    "show_data",
    "show_learning_rates",
    "show_loss_curve",
    "show_network",
    "show_path",
    "show_restarts",
]
