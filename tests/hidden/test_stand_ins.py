"""Each answer is graded with the student's own earlier functions, or with others in their place: none may be blind.

So wrong uses of an earlier function, of the kind that a symmetry hides, are graded with each alternative alone.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from hidden.lab03.exercise3.backprop import gradient
from hidden.lab03.exercise3.earlier import OTHERS, OWN, Earlier
from hidden.lab03.exercise3.inputs import draw

from labtools import random_numbers
from labtools.probes import STAND_INS

ALTERNATIVES = pytest.mark.parametrize("earlier", [OWN, OTHERS], ids=["own", "others"])
Change = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]

#: What a mistake makes of x, target and params before it asks for the gradient.
CHANGES: dict[str, Change] = {
    "points turned round": lambda x, y, p: (x.flip(0), y, p),
    "coordinates swapped": lambda x, y, p: (x.flip(1), y, p),
    "points negated": lambda x, y, p: (-x, y, p),
    "first coordinate negated": lambda x, y, p: (x * torch.tensor([-1.0, 1.0]), y, p),
    "targets sorted": lambda x, y, p: (x, y.sort().values, p),
    "targets shifted": lambda x, y, p: (x, y.roll(1), p),
    "targets mirrored": lambda x, y, p: (x, 1 - y, p),
    "targets rounded": lambda x, y, p: (x, y.round(), p),
    "first point alone": lambda x, y, p: (x[:1], y[:1], p),
    "last point left out": lambda x, y, p: (x[:-1], y[:-1], p),
    "parameters turned round": lambda x, y, p: (x, y, p.flip(0)),
    "parameters shifted": lambda x, y, p: (x, y, p.roll(1)),
    "parameters negated": lambda x, y, p: (x, y, -p),
    "neurons swapped": lambda x, y, p: (x, y, p[[1, 0, 3, 2, 5, 4, 6, 8, 7]]),
    "w12 and w21 swapped": lambda x, y, p: (x, y, p[[0, 1, 2, 4, 3, 5, 6, 7, 8]]),
}


@ALTERNATIVES
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(5))
def test_no_change_of_the_arguments_goes_unseen(seed: int, change: str, earlier: Earlier) -> None:
    random = random_numbers(f"stand-ins-{seed}")
    point = draw(random, 6, 2), draw(random, 6, low=0), draw(random, 9)
    for function in (earlier.gradient, lambda x, y, p: earlier.losses(x, y, p[None])):
        right, wrong = function(*point), function(*CHANGES[change](*point))
        neurons = change == "neurons swapped" and earlier.own and right.numel() == 1  # the same network
        assert neurons or float((right - wrong).abs().max()) > 1e-5


@pytest.mark.parametrize("place", range(9))
def test_every_parameter_counts_for_every_stand_in(place: int) -> None:
    random = random_numbers("stand-ins")
    x, y, params = draw(random, 6, 2), draw(random, 6, low=0), draw(random, 9)
    other = params.clone()
    other[place] += 0.1
    for name, use in (
        ("predict", lambda p: STAND_INS["predict"](x, *p)),
        ("get_gradients", lambda p: STAND_INS["get_gradients"](x, y, *p)),
        ("finite_difference_gradient", lambda p: STAND_INS["finite_difference_gradient"](x, y, p)),
        ("train", lambda p: STAND_INS["train"](x, y, p, 0.5, 2)),
    ):
        assert float((use(params) - use(other)).abs().max()) > 1e-4, name


@pytest.mark.parametrize("name", ["get_gradients", "predict"])
def test_a_forgotten_star_is_an_error(name: str) -> None:
    arguments: list[Any] = [torch.zeros(5, 2), torch.zeros(9)] if name == "predict" else [torch.zeros(5, 2)] * 2 + [0]
    with pytest.raises(TypeError):
        STAND_INS[name](*arguments)


def test_the_right_gradient_is_no_stand_in() -> None:
    random = random_numbers("stand-ins")
    point = draw(random, 6, 2), draw(random, 6, low=0), draw(random, 9)
    assert float((gradient(*point) - OTHERS.gradient(*point)).abs().min()) > 1e-6
