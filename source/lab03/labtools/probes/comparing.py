"""Derivatives of exercise 2 beside those that PyTorch finds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

import labtools
from labtools.probes.differentiating import derivatives
from labtools.unwritten import is_unwritten

#: For each function of the student: what is differentiated, and with respect to what.
PARTS = {
    "dL_dfout": ("L", "f_out"),
    "dfout_dfin": ("f_out", "f_in"),
    "dfin_dc": ("f_in", "c"),
    "dfin_du1": ("f_in", "u1"),
    "dL_dc": ("L", "c"),
    "dL_du1": ("L", "u1"),
    "dfin_dz2out": ("f_in", "z2_out"),
    "dz2out_dz2in": ("z2_out", "z2_in"),
    "dz2in_db2": ("z2_in", "b2"),
    "dz2in_dw12": ("z2_in", "w12"),
    "dz2in_dx1": ("z2_in", "x1"),
    "dL_db2": ("L", "b2"),
    "dL_dw12": ("L", "w12"),
    "dL_dx1": ("L", "x1"),
}
GIVEN = ("x1", "x2", "y", "b1", "b2", "w11", "w12", "w21", "w22", "c", "u1", "u2")
#: The notebook's function that computes a state from these.
Forward = Callable[..., Any]


def by_pytorch(name: str, state: Any, forward_state: Forward) -> float:
    """The derivative that the student's function `name` stands for, in a state, as PyTorch finds it."""
    watched = forward_state(**{each: getattr(state, each).clone().requires_grad_() for each in GIVEN})
    top, bottom = PARTS[name]
    (derivative,) = torch.autograd.grad(getattr(watched, top), getattr(watched, bottom))
    return float(derivative)


def compare(name: str, function: Any, forward_state: Forward) -> str:
    """One line on a student's function in the example of part 1. Empty if it gives no number."""
    state = forward_state()
    (answer,) = derivatives(function, [{each: float(value) for each, value in vars(state).items()}])
    if answer.error or answer.value is None:
        return ""
    (own,) = labtools.numbers(answer, 1)
    return f"         In the example of part 1: yours {own:.4f}, PyTorch {by_pytorch(name, state, forward_state):.4f}"


def compare_all(notebook: Mapping[str, Any], state: Any) -> None:
    """A table of all derivatives in a state: the student's, from the names of the notebook, and PyTorch's."""
    values = {each: float(value) for each, value in vars(state).items()}
    print("derivative              yours   PyTorch")
    for name in PARTS:
        wanted = by_pytorch(name, state, notebook["forward_state"])
        print(f"{name:18} {own_value(notebook.get(name), values, wanted)}")


def own_value(function: Any, values: dict[str, float], wanted: float) -> str:
    """What the student's function gives, and PyTorch's value, or why there is nothing to compare."""
    if function is None or is_unwritten(function):
        return f"         - {wanted:9.4f}   not written yet"
    try:
        (answer,) = derivatives(function, [values])
        (own,) = labtools.numbers(answer, 1)
    except (labtools.CheckFailed, labtools.Unanswered) as failed:
        return f"         - {wanted:9.4f}   {failed}"
    near = math.isclose(own, wanted, rel_tol=1e-4, abs_tol=1e-6)
    return f"{own:10.4f} {wanted:9.4f}" + "   look again" * (not near)
