"""Libraries in a process that runs tests: figures need no screen, and torch takes one thread."""

from __future__ import annotations

import os
from collections.abc import Collection


def calm_libraries(packages: Collection[str]) -> None:
    """Get libraries ready, those of them that the lab imports."""
    os.environ["MPLBACKEND"] = "agg"
    if "matplotlib" in packages:
        import matplotlib

        matplotlib.use("agg")
    if "torch" in packages:
        import torch

        torch.set_num_threads(1)
