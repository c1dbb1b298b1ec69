"""Random inputs of the hidden tests."""

from __future__ import annotations

from math import prod
from random import Random

import torch
from torch import Tensor


def draw(random: Random, *shape: int, low: float = -1.0, high: float = 1.0) -> Tensor:
    """A float64 tensor of this shape with random numbers between `low` and `high`, drawn row by row."""
    drawn = [random.uniform(low, high) for _ in range(prod(shape))]
    return torch.tensor(drawn, dtype=torch.float64).reshape(shape)
