"""Judges `check_gradients`: it accepts right gradients, rejects wrong ones, and looks at finite differences."""

from __future__ import annotations

from functools import cache

from torch import Tensor

from hidden.lab03.exercise3.comparing import expect_unchanged, same
from hidden.lab03.exercise3.earlier import OTHERS
from hidden.lab03.exercise3.places import Offer, Place, draw_places, draw_usual, offers_at

from labtools import Answer, Checks, Names, expect, numbers, random_numbers
from labtools.probes import call_and_look

NOT_CALLED = "It does not call `finite_difference_gradient`."
INVERTED = " It accepts wrong ones instead: the inequality is the wrong way round."
COPIES = "It accepts whatever `get_gradients` gives: compare with finite differences, not with the same formulas."


Judged = list[tuple[Offer, Answer]]


def _accepts(answer: Answer) -> bool:
    """Whether nothing was raised. Which class of error is raised is judged by a check of its own, in the notebook."""
    return answer.error is None


def _says_otherwise(judged: Judged) -> Judged:
    """The answers, where a verdict that is returned or printed, and not raised, counts as an error.

    It has to be the same for all right gradients, and another one for the wrong ones.
    """
    right = [_said(answer) for offer, answer in judged if offer.wrong is None]
    if any(answer.error for _, answer in judged) or any(said != right[0] for said in right):
        return judged
    return [
        (offer, answer if _said(answer) == right[0] else Answer(error="ValueError", message="said, not raised"))
        for offer, answer in judged
    ]


def _said(answer: Answer) -> str:
    """What a call returned and printed, if it raised nothing."""
    return "" if answer.value is None else repr((answer.value[0], answer.value[3]))


def _expect_verdicts(judged: Judged) -> None:
    """Fail unless each right gradient was accepted, and none of the wrong ones."""
    where = judged[0][0].place.where
    accepted = [answer for offer, answer in judged if offer.wrong is None]
    wrong = list(judged[0][0].place.wrong)
    missed = [what for what in wrong if any(offer.wrong == what and _accepts(answer) for offer, answer in judged)]
    for answer in accepted:
        expect(
            _accepts(answer),
            f"It does not accept a right gradient{where}: {answer.error}: {answer.message}"
            + (INVERTED if missed == wrong else ""),
        )
    for sign in ("large", "small"):
        same_sign = [what for what in wrong if what.endswith(sign)]
        expect(
            len(same_sign) < 2 or missed != same_sign,
            f"It accepts numbers that are too {sign}: take the absolute value of the difference.",
        )
    several = f" It accepts other wrong ones as well ({len(missed)} of {len(wrong)})." if len(missed) > 1 else ""
    nan = " (If it is a relative error: 0/0 is NaN, and every comparison with NaN is false.)"
    expect(not missed, f"It accepts {''.join(missed[:1])}{where}.{several}" + nan * ("exactly 0" in where))


def _expect_calls(judged: Judged) -> None:
    """Fail unless each call that accepted a gradient has asked for the differences at its place."""
    for offer, answer in judged:
        if answer.value is not None:
            calls = answer.value[2]
            expect(bool(calls), NOT_CALLED)
            expect(
                all(all(map(same, given, offer.place.point)) for _, given in calls),
                "`finite_difference_gradient` has to get x, target and params, in this order.",
            )
            steps = [number for _, given in calls for step in given[3:] for number in numbers(step, 1)]
            expect(
                all(1e-8 <= step <= 1e-2 for step in steps),
                f"`finite_difference_gradient` gets a step that is too large or too small: {steps[:1]}.",
            )


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-check-gradients`, 3.5 points."""
    random = random_numbers("check-gradients")
    places = draw_places(random)
    first, place = draw_usual(random), draw_usual(random)  # that no other check has asked about

    def look(place: Place, gradient: Tensor) -> Answer:
        """The answer to a gradient, while `finite_difference_gradient` gives right differences."""
        stand_ins = {"finite_difference_gradient": [place.differences]}
        return call_and_look(student.check_gradients, [(gradient, *place.point)], stand_ins)[0]

    def with_own_differences(place: Place, gradient: Tensor) -> Answer:
        """The answer where the differences are the student's own, for a check that computes them itself."""
        # A gradient must not be compared with itself: another function stands for `get_gradients`.
        return call_and_look(student.check_gradients, [(gradient, *place.point)], {"get_gradients": None})[0]

    @cache
    def calls() -> bool:
        """Whether `finite_difference_gradient` is called. If an error is raised, that cannot be seen."""
        answer = look(first, first.right)
        return answer.value is None or bool(answer.value[2])

    def expect_right_verdicts(*kinds: str, may_say: bool = False) -> None:
        """Fail unless the verdicts on all offers at these places are right; with `may_say` also if none is raised."""
        answer = look if calls() else with_own_differences
        for kind in kinds:
            if not calls():
                copied = answer(places[kind][0], OTHERS.gradient(*places[kind][0].point))
                expect(not _accepts(copied), COPIES)
            judged = [(offer, answer(offer.place, offer.gradient)) for offer in offers_at(places[kind], random)]
            _expect_verdicts(_says_otherwise(judged) if may_say else judged)
            if calls():
                _expect_calls(judged)

    @checks.check("right gradients with entries of 0 are accepted, and not everything is", weight=0.75)
    def _() -> None:
        expect_right_verdicts("zeros", "balanced")

    @checks.check("right gradients in float32 are accepted, and not everything is", weight=0.5)
    def _() -> None:
        expect_right_verdicts("single", "computed")

    @checks.check("a gradient that is wrong as a whole is rejected", weight=0.75)
    def _() -> None:
        expect_right_verdicts("usual", may_say=True)

    @checks.check("a gradient with one or two wrong entries is rejected", weight=1)
    def _() -> None:
        expect_right_verdicts("entries", may_say=True)

    @checks.check("a wrong gradient is rejected where the loss is almost flat", weight=0.25)
    def _() -> None:
        expect_right_verdicts("flat")

    @checks.check("gradient, x, target and params stay as they are", weight=0.25)
    def _() -> None:
        x, target, params = place.point
        answer = look if calls() else with_own_differences
        wrong, right = answer(place, place.right + 1), answer(place, place.right)
        expect(_accepts(right), f"A right gradient raises {right.error}: {right.message}")
        expect(not _accepts(wrong), "It accepts a gradient whose numbers are all 1 too large.")
        expect_unchanged({"gradient": place.right, "x": x, "target": target, "params": params}, right.value[1])
