"""Judges `check_gradients`: it accepts right gradients, rejects wrong ones, and looks at finite differences."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from hidden.lab03.exercise3.comparing import expect_unchanged, same
from hidden.lab03.exercise3.earlier import OTHERS
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.places import Place, draw_places

from labtools import Answer, Checks, Names, expect, first_to_pass, random_numbers
from probes import call_and_look

NOT_CALLED = "It does not call `finite_difference_gradient`."


def _expect_verdicts(place: Place, answers: Sequence[Answer]) -> None:
    """Fail unless the right gradient was accepted, and all wrong ones raised a ValueError."""
    accepted, *rejected = answers
    missed = [what for what, answer in zip(place.wrong, rejected) if answer.error is None]
    inverted = " It accepts wrong ones instead: the inequality is the wrong way round."
    expect(
        accepted.error is None,
        f"It does not accept a right gradient{place.where}: {accepted.error}: {accepted.message}"
        + (inverted if len(missed) == len(rejected) else ""),
    )
    for sign in ("large", "small"):
        same_sign = [what for what in place.wrong if what.endswith(sign)]
        expect(
            len(same_sign) < 2 or missed != same_sign,
            f"It accepts numbers that are too {sign}: take the absolute value of the difference.",
        )
    several = f" It accepts other wrong ones as well ({len(missed)} of {len(rejected)})." if len(missed) > 1 else ""
    expect(not missed, f"It accepts {''.join(missed[:1])}{place.where}.{several}")
    for what, answer in zip(place.wrong, rejected):
        expect(
            answer.error == "ValueError",
            f"With {what} it should raise a ValueError. This was {answer.error}: {answer.message}",
        )


def _expect_call(place: Place, accepted: Answer) -> None:
    """Fail unless the call that accepted a gradient has asked for the differences at this place."""
    _, _, calls = accepted.value
    expect(bool(calls), NOT_CALLED)
    expect(
        all(len(given) == 3 and all(map(same, given, place.point)) for _, given in calls),
        "`finite_difference_gradient` has to get x, target and params, in this order, and nothing else.",
    )


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-check-gradients`, 3.5 points."""
    random = random_numbers("check-gradients")
    places = draw_places(random)

    def look(place: Place, offers: Sequence[Tensor]) -> list[Answer]:
        """The answers to some offers, while `finite_difference_gradient` gives right differences."""
        differences = place.exact + 1e-11 * draw(random, 9) * (place.exact != 0)
        return call_and_look(
            student.check_gradients,
            [(offer, *place.point) for offer in offers],
            {"finite_difference_gradient": [differences] * len(offers)},
        )

    def with_right_differences(place: Place) -> None:
        answers = look(place, place.offers())
        _expect_verdicts(place, answers)
        _expect_call(place, answers[0])

    def with_own_differences(place: Place) -> None:
        """For a check that computes the differences itself."""

        def call(offers: Sequence[Tensor]) -> list[Answer]:
            arguments = [(offer, *place.point) for offer in offers]
            # A gradient must not be compared with itself: another function stands for `get_gradients`.
            return OTHERS.call(student.check_gradients, arguments, "get_gradients")

        (itself,) = call([OTHERS.gradient(*place.point)])
        expect(
            itself.error is not None,
            "It accepts whatever `get_gradients` gives: compare with finite differences, not with the same formulas.",
        )
        _expect_verdicts(place, call(place.offers()))

    def expect_right_verdicts(name: str) -> None:
        place = places[name]
        first_to_pass(lambda: with_right_differences(place), lambda: with_own_differences(place), vague=NOT_CALLED)

    @checks.check("right gradients with entries of 0 are accepted, and not everything is", weight=0.75)
    def _() -> None:
        expect_right_verdicts("zeros")
        expect_right_verdicts("balanced")

    @checks.check("right gradients in float32 are accepted, and not everything is", weight=0.5)
    def _() -> None:
        expect_right_verdicts("single")

    @checks.check("a gradient that is wrong as a whole is rejected", weight=0.75)
    def _() -> None:
        expect_right_verdicts("usual")

    @checks.check("a gradient with one or two wrong entries is rejected", weight=1)
    def _() -> None:
        expect_right_verdicts("entries")

    @checks.check("a wrong gradient is rejected where the loss is almost flat", weight=0.25)
    def _() -> None:
        expect_right_verdicts("flat")

    @checks.check("gradient, x, target and params stay as they are", weight=0.25)
    def _() -> None:
        place = places["usual"]
        offers = [place.right, -place.right]
        x, target, params = place.point

        def compare(right: Answer, wrong: Answer) -> None:
            expect(right.error is None, f"A right gradient raises {right.error}: {right.message}")
            expect(wrong.error is not None, "It accepts minus the gradient.")
            expect_unchanged({"gradient": place.right, "x": x, "target": target, "params": params}, right.value[1])

        first_to_pass(
            lambda: compare(*look(place, offers)),
            lambda: compare(*call_and_look(student.check_gradients, [(offer, *place.point) for offer in offers], {})),
            vague="",
        )
