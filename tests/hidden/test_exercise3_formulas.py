"""What the judges of exercise 3 take for right: the network, its gradient, the places, the hundred trainings."""

import random
from typing import Any

import torch

from autograder.course import Course, read_notebook
from hidden.lab03.exercise3 import network, places
from hidden.lab03.exercise3.backprop import gradient
from hidden.lab03.exercise3.descending import Run, descend
from hidden.lab03.exercise3.hyperparameters import final_losses


def test_the_gradient_of_back_propagation_is_that_of_the_loss() -> None:
    for place in (place for kind in places.draw_places(random.Random(0)).values() for place in kind):
        x, target, params = place.point
        theta = params.double().requires_grad_()
        (automatic,) = torch.autograd.grad(network.losses(x, target, theta), theta)
        torch.testing.assert_close(gradient(x, target, params.double()), automatic, rtol=1e-9, atol=1e-12)
        assert torch.equal(place.exact, gradient(x, target, params.double()))


def test_places_are_what_their_names_say() -> None:
    kinds = places.draw_places(random.Random(0))
    drawn = {name: kind[0] for name, kind in kinds.items()}
    assert (drawn["zeros"].right == 0).sum() == 3
    assert drawn["balanced"].right[6] == 0 and drawn["balanced"].exact[6].abs() < 1e-15
    assert drawn["single"].right.dtype == torch.float32
    assert 0.9e-3 < drawn["flat"].right.abs().max() <= 1.1e-3


def test_an_error_of_002_is_more_than_a_loose_tolerance_of_any_entry_allows() -> None:
    for seed in range(100):
        for place in places.draw_places(random.Random(seed))["entries"]:
            assert place.exact.abs().min() >= 0.02 and place.exact.abs().max() <= 0.6


def test_what_float32_rounds_off_is_neither_little_nor_much() -> None:
    for seed in range(100):
        for place in places.draw_places(random.Random(seed))["computed"]:
            error = (place.right.double() - place.exact).abs()
            assert error.max() > 2e-8 and 2e-5 < (error / place.exact.abs()).max() < 8e-5


def test_right_gradients_are_offered_at_every_place_and_wrong_ones_never_look_right() -> None:
    orders = set()
    for seed in range(20):
        draw = random.Random(seed)
        for kind in places.draw_places(draw).values():
            offers = places.offers_at(kind, draw)
            assert [offer.place for offer in offers if offer.wrong is None] != []
            assert {id(offer.place) for offer in offers if offer.wrong is None} == {id(place) for place in kind}
            assert sorted(offer.wrong for offer in offers if offer.wrong) == sorted(len(kind) * list(kind[0].wrong))
            for offer in offers:
                assert torch.equal(offer.gradient, offer.place.right) == (offer.wrong is None)
            orders.add(tuple(offer.wrong is None for offer in offers))
    assert len(orders) > 10


def test_trainings_at_the_same_time_end_where_one_after_the_other_does() -> None:
    starts = torch.randn(3, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    ends = [descend(gradient, Run(network.X, network.TARGET, start, 3.0), 20)[-1] for start in starts]
    wanted = network.losses(network.X, network.TARGET, torch.stack(ends))
    torch.testing.assert_close(final_losses(starts, 3.0, 20), wanted)


def test_the_notebook_gives_the_data_that_the_judges_know(course: Course) -> None:
    given: dict[str, Any] = {"torch": torch}
    for cell in read_notebook(course.source / "exercise3_training.ipynb").cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in ("data", "parameters"):
            exec(cell.source, given)
    assert torch.equal(given["x"], network.X) and torch.equal(given["target"], network.TARGET)
    assert torch.equal(given["params"], network.PARAMS)
