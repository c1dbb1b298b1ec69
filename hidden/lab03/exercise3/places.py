"""Places where `check_gradients` is tried, each with its right gradient and with wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor

from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import losses, predict

Point = tuple[Tensor, Tensor, Tensor]  # x, target, params
Change = Callable[[Tensor], Tensor]  # a right gradient to a wrong one

NEGATED: dict[str, Change] = {"minus the gradient": lambda g: -g}
WRONG_AS_A_WHOLE: dict[str, Change] = {
    "twice the gradient": lambda g: 2 * g,
    "half the gradient": lambda g: g / 2,
    "nine zeros": lambda g: 0 * g,
    "a gradient in another order": lambda g: g.roll(1),
    "a gradient that is 1 % too large": lambda g: 1.01 * g,
} | NEGATED
WRONG_WHERE_FLAT = {what: WRONG_AS_A_WHOLE[what] for what in ("twice the gradient", "nine zeros", "minus the gradient")}


@dataclass(frozen=True)
class Place:
    """A place (x, target, params), and the gradients to offer there."""

    point: Point
    exact: Tensor  # the derivatives
    right: Tensor  # what is offered as the right gradient
    wrong: dict[str, Change]  # by a description
    where: str  # the place, in words


class Offer(NamedTuple):
    """A gradient to judge: `wrong` says what is wrong with it, None where it is right."""

    place: Place
    gradient: Tensor
    wrong: str | None = None


def offers_at(places: Sequence[Place], random: Random) -> list[Offer]:
    """The right gradient of each of these places of one kind, and each wrong one at one of them, in random order.

    So neither the order nor a comparison of the offers tells which ones are right.
    """
    offers = [Offer(place, place.right) for place in places]
    for what in places[0].wrong:
        place = random.choice(places)
        offers.append(Offer(place, place.wrong[what](place.right), what))
    return random.sample(offers, len(offers))


def _place(point: Point, where: str, wrong: dict[str, Change] = NEGATED) -> Place:
    """A place where the right gradient is offered in the type of the parameters."""
    exact = gradient(*point)
    return Place(point, exact, exact.to(point[2].dtype, copy=True), wrong, where)


def gradient(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
    """The nine derivatives of the mean loss in float64, for parameters of any type, without formulas by hand."""
    theta = params.double().requires_grad_()
    return torch.autograd.grad(losses(x, target, theta), theta)[0]


def draw_places(random: Random, number: int = 2) -> dict[str, list[Place]]:
    """Some places of each kind, by the name of the kind."""
    wrong_entries = _wrong_entries(random)
    kinds: dict[str, list[Place]] = {}
    while len(kinds.get("usual", [])) < number:
        drawn = _draw_once(random)
        if drawn["usual"].exact.abs().min() >= 0.02:  # so that no entry becomes its negative by an error of 0.02
            drawn["entries"] = _place(drawn["usual"].point, "", wrong_entries)
            for kind, place in drawn.items():
                kinds.setdefault(kind, []).append(place)
    return kinds


def _draw_once(random: Random) -> dict[str, Place]:
    x, params = draw(random, 4, 2), 0.3 * draw(random, 9)
    params = params + torch.where(params < 0, -0.4, 0.4)  # no weight is tiny, so no mistake can hide
    params[7:] = params[7:].abs() * torch.tensor([1.0, -1.0])  # so the derivatives have both signs
    dead = params.clone()
    dead[7] = 0  # u1 = 0: nothing that comes before hidden neuron 1 matters
    p = predict(x, params)
    y = torch.where(p.mean() > 0.5, 0.15, 0.85) + 0.1 * draw(random, 4)  # far from p: the derivative by c is large
    spread = draw(random, 4, low=0.3, high=0.5) * torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    balanced = p - (spread - spread.mean())  # the derivative by c is 0, but its difference is rounding
    level = p - draw(random, 4, low=0.5, high=1.0)
    flat = p + (level - p) * 1e-3 / gradient(x, level, params).abs().max()  # the largest entry is 1e-3
    places = {
        "usual": _place((x, y, params), "", WRONG_AS_A_WHOLE),
        "zeros": _place((x, y, dead), ", where some of its entries are exactly 0"),
        "balanced": _place((x, balanced, params), ", where one entry is 0 and the difference is 0 up to rounding"),
        "single": _place((x, y, params.float()), ", with numbers in float32"),
        "flat": _place(
            (x, flat, params), ", where the loss is almost flat and all entries are 1e-3 or less", WRONG_WHERE_FLAT
        ),
    }
    places["balanced"].right[6] = 0.0
    return places


def _wrong_entries(random: Random) -> dict[str, Change]:
    """Gradients that are wrong in one entry, or in two that cancel out."""
    up, down = random.sample(range(9), 2)
    wrong = {f"a number at position {i} that is too large": _add({i: 0.02}) for i in range(0, 9, 2)}
    wrong |= {f"a number at position {i} that is too small": _add({i: -0.02}) for i in range(1, 9, 2)}
    return wrong | {"two wrong numbers whose errors add up to 0": _add({up: 0.02, down: -0.02})}


def _add(amounts: dict[int, float]) -> Change:
    """Add to a gradient, by position."""

    def change(right: Tensor) -> Tensor:
        changed = right.clone()
        for position, amount in amounts.items():
            changed[position] += amount
        return changed

    return change
