"""Places where `check_gradients` is tried, each with its right gradient and with wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

import torch
from torch import Tensor

from hidden.lab03.exercise3 import backprop
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import predict

Point = tuple[Tensor, Tensor, Tensor]  # x, target, params
Change = Callable[[Tensor], Tensor]  # a right gradient to a wrong one

#: Wrong beyond all doubt, with zeros where the right one has zeros: whoever accepts this accepts nearly everything.
FAR_OFF: dict[str, Change] = {"a gradient whose numbers are 1 too large, but for its zeros": lambda g: g + (g != 0)}
WRONG_AS_A_WHOLE: dict[str, Change] = {
    "twice the gradient": lambda g: 2 * g,
    "half the gradient": lambda g: g / 2,
    "nine zeros": lambda g: 0 * g,
    "a gradient in another order": lambda g: g.roll(1),
    "a gradient that is 1 % too large": lambda g: 1.01 * g,
    "minus the gradient": lambda g: -g,
}
WRONG_WHERE_FLAT = {what: WRONG_AS_A_WHOLE[what] for what in ("twice the gradient", "nine zeros", "minus the gradient")}


@dataclass(frozen=True)
class Place:
    """A place (x, target, params), and the gradients to offer there."""

    point: Point
    exact: Tensor  # the derivatives
    differences: Tensor  # what finite differences give: the derivatives, but for rounding
    right: Tensor  # what is offered as the right gradient
    wrong: dict[str, Change]  # by a description
    where: str  # the place, in words


class Offer(NamedTuple):
    """A gradient to judge: `wrong` says what is wrong with it, None where it is right."""

    place: Place
    gradient: Tensor
    wrong: str | None = None


def offers_at(places: Sequence[Place], random: Random) -> list[Offer]:
    """The right gradient of each of these places of one kind, and each wrong one, in random order.

    At some place a right one comes first, and at some other a wrong one. So neither the order nor a comparison of the
    offers tells which ones are right.
    """
    offers = [Offer(place, place.right) for place in places]
    for place in places:
        offers += [Offer(place, change(place.right), what) for what, change in place.wrong.items()]
    while True:
        drawn = random.sample(offers, len(offers))
        first = {id(offer.place): offer.wrong is None for offer in reversed(drawn)}
        if len(set(first.values())) == 2:
            return drawn


def _place(random: Random, point: Point, where: str, wrong: dict[str, Change] = FAR_OFF) -> Place:
    """A place where the right gradient is offered in the type of the parameters.

    The rounding of the differences is about as large as it is in truth, 1e-11, but never by chance nothing.
    """
    exact = gradient(*point)
    noise = torch.tensor([random.choice((-1, 1)) * random.uniform(0.5, 1) * 1e-11 for _ in range(9)])
    differences = exact + noise.double() * (exact != 0)
    return Place(point, exact, differences, exact.to(point[2].dtype, copy=True), wrong, where)


def gradient(x: Tensor, target: Tensor, params: Tensor) -> Tensor:
    """The nine derivatives of the mean loss in float64, for numbers of any type."""
    return backprop.gradient(x.double(), target.double(), params.double())


def draw_places(random: Random, number: int = 2) -> dict[str, list[Place]]:
    """Some places of each kind, by the name of the kind."""
    wrong_entries = _wrong_entries(random)
    kinds: dict[str, list[Place]] = {}
    while len(kinds.get("usual", [])) < number:
        usual = draw_usual(random)
        if flat := _flat(random, usual):
            drawn = {"usual": usual, "entries": replace(usual, wrong=wrong_entries), "flat": flat}
            drawn |= _others(random, usual) | {"computed": _computed(random, usual.point[2])}
            for kind, place in drawn.items():
                kinds.setdefault(kind, []).append(place)
    return kinds


def draw_usual(random: Random) -> Place:
    """A place where the derivatives have both signs, and rounding decides nothing."""
    while True:
        x, params = draw(random, 4, 2), 0.3 * draw(random, 9)
        params = params + torch.where(params < 0, -0.4, 0.4)  # no weight is tiny, so no mistake can hide
        params[7:] = params[7:].abs() * torch.tensor([1.0, -1.0])  # so the derivatives have both signs
        p = predict(x, params)
        y = torch.where(p.mean() > 0.5, 0.15, 0.85) + 0.1 * draw(random, 4)  # far from p: the one by c is large
        usual = _place(random, (x, y, params), "", WRONG_AS_A_WHOLE)
        if _is_clear(usual):
            return usual


def _is_clear(usual: Place) -> bool:
    """Whether rounding decides nothing, and no verdict hangs on how large the entries happen to be.

    An error of 0.02 is over 3 % of any entry but makes none its negative; in another order no entry is nearly right.
    """
    sizes, steps = usual.exact.abs(), (usual.exact - usual.exact.roll(1)).abs()
    clear = sizes.min() >= 0.02 and sizes.max() <= 0.6 and steps.min() >= 0.02
    return bool(clear) and torch.equal(usual.exact.float(), usual.differences.float())


def _flat(random: Random, usual: Place) -> Place | None:
    """A place with the same x and params where the loss is almost flat, if a few draws find one.

    Some entry is so small there that the rounding of its difference is more than float32 rounds off.
    """
    x, _, params = usual.point
    where = ", where the loss is almost flat and all entries are 1e-3 or less"
    for _ in range(5):
        flat = _place(random, (x, _flat_target(random, x, params), params), where, WRONG_WHERE_FLAT)
        shows = flat.exact.abs().min() > 5e-6  # else any tolerance hides what is wrong with it
        if shows and ((flat.exact - flat.differences).abs() > 3e-7 * flat.exact.abs()).any():
            return flat
    return None


def _flat_target(random: Random, x: Tensor, params: Tensor) -> Tensor:
    """Targets so close to the predictions that the largest derivative is 1e-3."""
    p = predict(x, params)
    level = p - draw(random, len(x), low=0.5, high=1.0)
    return p + (level - p) * 1e-3 / gradient(x, level, params).abs().max()


def _computed(random: Random, params: Tensor) -> Place:
    """A place where the right gradient is computed in float32 and the loss is flat: so its relative error is large.

    Rounding gives errors up to 6e-8 there. It is drawn so that no tolerance of 2e-8 or less accepts it by chance, no
    relative one of 2e-5 or less either, and one of 1e-4 always does.
    """
    while True:
        x = draw(random, 1, 2)  # one point: a mean of several would even out the rounding
        target = _flat_target(random, x, params)
        where = ", with a gradient that was computed in float32, where all entries are 1e-3 or less"
        place = _place(random, (x, target, params.float()), where)
        place.right.copy_(backprop.gradient(x.float(), target.float(), params.float()))
        error = (place.right - place.exact).abs()
        if error.max() > 2.2e-8 and (error / place.exact.abs()).max() < 7e-5:
            return place


def _others(random: Random, usual: Place) -> dict[str, Place]:
    """Places with the same x where derivatives are 0, and one with numbers in float32."""
    x, y, params = usual.point
    dead = params.clone()
    dead[7] = 0  # u1 = 0: nothing that comes before hidden neuron 1 matters
    spread = draw(random, 4, low=0.3, high=0.5) * torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    balanced = predict(x, params) - (spread - spread.mean())  # the derivative by c is 0, but its difference is rounding
    where_balanced = "where one entry is 0 and the difference is 0 up to rounding"
    places = {
        "zeros": _place(random, (x, y, dead), ", where some of its entries are exactly 0"),
        "balanced": _place(random, (x, balanced, params), f", {where_balanced}"),
        "single": _place(random, (x, y, params.float()), ", with numbers in float32"),
    }
    places["balanced"].right[6] = 0.0
    places["balanced"].differences[6] = random.choice((-1, 1)) * 1e-11
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
