"""What a program's derivative does, and a formula does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from labtools import Checks, call_without_autograd, note_signs
from labtools.byhand import NEEDS_AUTOGRAD, NOISE

POINTS = [(0.3, 1.7), (-1.1, 0.4), (2.0, 0.9)]


def f(x: Any, y: Any) -> Any:
    return torch.sin(torch.as_tensor(x, dtype=torch.float64)) * torch.exp(torch.as_tensor(y, dtype=torch.float64))


def formula(x: float, y: float) -> Any:
    return torch.cos(torch.tensor(x, dtype=torch.float64)) * torch.exp(torch.tensor(y, dtype=torch.float64))


def backward(x: float, y: float) -> Any:
    at = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    f(at, y).backward()
    return at.grad


def forward(x: float, y: float) -> Any:
    return torch.func.jvp(lambda at: f(at, y), (torch.tensor(x).double(),), (torch.tensor(1.0).double(),))[1]


def reverse(x: float, y: float) -> Any:
    return torch.func.grad(lambda at: f(at, y))(torch.tensor(x, dtype=torch.float64))


def jacobian(x: float, y: float) -> Any:
    return torch.autograd.functional.jacobian(lambda at: f(at, y), torch.tensor(x, dtype=torch.float64))


def differences(h: float) -> Callable[[float, float], Any]:
    return lambda x, y: (f(x + h, y) + -f(x - h, y)) * (0.5 / h)


def signs(function: Callable[[float, float], Any]) -> list[str]:
    checks = Checks(points=1)
    note_signs(
        checks,
        lambda nudged: call_without_autograd(function, nudged),
        POINTS,
        lambda point, r: (point[0] * (1 + r), point[1] * (1 + r)),
    )
    return checks.notes


@pytest.mark.parametrize("function", [backward, forward, reverse, jacobian])
def test_what_needs_autograd_is_noted(function: Callable[[float, float], Any]) -> None:
    assert signs(function) == [NEEDS_AUTOGRAD.format("RuntimeError")]
    function(*POINTS[0])  # and it works again


@pytest.mark.parametrize("h", [1e-3, 1e-4, 1e-5, 1e-6, 1e-7])
def test_differences_are_noted(h: float) -> None:
    assert signs(differences(h)) == [NOISE]


def single(x: float, y: float) -> Any:
    return formula(x, y).float()


def guarded(x: float, y: float) -> Any:
    return formula(x, y) / (1 + 1e-9)


def long_way(x: float, y: float) -> Any:
    return ((f(x, y) + 40) - 40) / torch.tan(torch.tensor(x, dtype=torch.float64))


@pytest.mark.parametrize("function", [formula, single, guarded, long_way, lambda *_: 1, lambda *_: None])
def test_of_formulas_nothing_is_noted(function: Callable[[float, float], Any]) -> None:
    assert signs(function) == []
