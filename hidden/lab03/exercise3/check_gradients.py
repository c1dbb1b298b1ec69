"""Judges `check_gradients`: it accepts right gradients, rejects wrong ones, and looks at finite differences."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from hidden.lab03.exercise3.comparing import expect_unchanged, same
from hidden.lab03.exercise3.earlier import OTHERS
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.places import Offer, Place, draw_places, offers_at

from labtools import Answer, Checks, Names, expect, first_to_pass, random_numbers
from probes import call_and_look

NOT_CALLED = "It does not call `finite_difference_gradient`."


Judged = list[tuple[Offer, Answer]]
Ask = Callable[[Place, Tensor], Answer]


def _expect_verdicts(judged: Judged) -> None:
    """Fail unless each right gradient was accepted, and all wrong ones raised a ValueError."""
    where = judged[0][0].place.where
    accepted = [answer for offer, answer in judged if offer.wrong is None]
    rejected = {offer.wrong: answer for offer, answer in judged if offer.wrong is not None}
    wrong = list(judged[0][0].place.wrong)
    missed = [what for what in wrong if rejected[what].error is None]
    inverted = " It accepts wrong ones instead: the inequality is the wrong way round."
    for answer in accepted:
        expect(
            answer.error is None,
            f"It does not accept a right gradient{where}: {answer.error}: {answer.message}"
            + (inverted if len(missed) == len(rejected) else ""),
        )
    for sign in ("large", "small"):
        same_sign = [what for what in wrong if what.endswith(sign)]
        expect(
            len(same_sign) < 2 or missed != same_sign,
            f"It accepts numbers that are too {sign}: take the absolute value of the difference.",
        )
    several = f" It accepts other wrong ones as well ({len(missed)} of {len(rejected)})." if len(missed) > 1 else ""
    expect(not missed, f"It accepts {''.join(missed[:1])}{where}.{several}")
    for what in wrong:
        answer = rejected[what]
        expect(
            answer.error == "ValueError",
            f"With {what} it should raise a ValueError. This was {answer.error}: {answer.message}",
        )


def _expect_calls(judged: Judged) -> None:
    """Fail unless each call that accepted a gradient has asked for the differences at its place."""
    for offer, answer in judged:
        if answer.error is None:
            _, _, calls = answer.value
            expect(bool(calls), NOT_CALLED)
            expect(
                all(len(given) == 3 and all(map(same, given, offer.place.point)) for _, given in calls),
                "`finite_difference_gradient` has to get x, target and params, in this order, and nothing else.",
            )


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-check-gradients`, 3.5 points."""
    random = random_numbers("check-gradients")
    places = draw_places(random)
    place = draw_places(random, 1)["usual"][0]  # that no other check has asked about

    def look(place: Place, gradient: Tensor) -> Answer:
        """The answer to a gradient, while `finite_difference_gradient` gives right differences."""
        differences = place.exact + 1e-11 * draw(random, 9) * (place.exact != 0)
        stand_ins = {"finite_difference_gradient": [differences]}
        return call_and_look(student.check_gradients, [(gradient, *place.point)], stand_ins)[0]

    def call(place: Place, gradient: Tensor) -> Answer:
        """The answer where the differences are the student's own."""
        # A gradient must not be compared with itself: another function stands for `get_gradients`.
        return OTHERS.call(student.check_gradients, [(gradient, *place.point)], "get_gradients")[0]

    def ask(kind: str, answer: Ask) -> Judged:
        """Ask about each offer by itself: the student's code never sees two together."""
        return [(offer, answer(offer.place, offer.gradient)) for offer in offers_at(places[kind], random)]

    def with_right_differences(kind: str) -> None:
        judged = ask(kind, look)
        _expect_verdicts(judged)
        _expect_calls(judged)

    def with_own_differences(kind: str) -> None:
        """For a check that computes the differences itself."""
        place = places[kind][0]
        expect(
            call(place, OTHERS.gradient(*place.point)).error is not None,
            "It accepts whatever `get_gradients` gives: compare with finite differences, not with the same formulas.",
        )
        _expect_verdicts(ask(kind, call))

    def expect_right_verdicts(kind: str) -> None:
        first_to_pass(lambda: with_right_differences(kind), lambda: with_own_differences(kind), vague=NOT_CALLED)

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
        x, target, params = place.point

        def compare(wrong: Answer, right: Answer) -> None:
            expect(right.error is None, f"A right gradient raises {right.error}: {right.message}")
            expect(wrong.error is not None, "It accepts minus the gradient.")
            expect_unchanged({"gradient": place.right, "x": x, "target": target, "params": params}, right.value[1])

        def alone(gradient: Tensor) -> Answer:
            return call_and_look(student.check_gradients, [(gradient, *place.point)], {})[0]

        first_to_pass(
            lambda: compare(look(place, -place.right), look(place, place.right)),
            lambda: compare(alone(-place.right), alone(place.right)),
            vague="",
        )
