"""Judges `finite_difference_gradient`: exact enough, with the given step, for every type, and nothing changed.

One check asks for eight digits. Most others ask for four, and look at what they are about up to a factor of all nine:
a difference to one side, or one that is twice as large, is one slip and does not cost them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import torch
from torch import Tensor

from hidden.lab03.common_factor import common_factor
from hidden.lab03.exercise3.comparing import expect_unchanged, result_and_arguments
from hidden.lab03.exercise3.earlier import OTHERS, OWN, Earlier, with_own_or_others
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import TARGET, X

from labtools import (
    CheckFailed,
    Checks,
    Names,
    agree,
    expect,
    expect_close,
    needs_autograd,
    numbers,
    random_numbers,
)
from labtools.probes import call_and_look

Losses = Callable[[Tensor], Tensor]  # of rows of parameters, shape (R, 9): shape (R,)
EXACT = (1e-7, 1e-8)  # relative and absolute tolerance: central differences in float64 with eps = 1e-5
ROUGH = (1e-4, 1e-5)  # differences to one side as well, not the noise of a step that is much too small

AUTOMATIC = "These numbers come from automatic differentiation, not from differences"
NOTEBOOK = "It takes the data of the notebook, as `loss_of` does: use the arguments x and target."


def _differences(losses: Losses, params: Tensor, eps: float) -> Tensor:
    """The nine central differences."""
    steps = eps * torch.eye(9, dtype=torch.float64)
    plus, minus = losses(torch.cat([params + steps, params - steps])).split([9, 9])
    return (plus - minus) / (2 * eps)


def _mistaken_differences(losses: Losses, params: Tensor, eps: float) -> dict[str, Tensor]:
    """What known mistakes give."""
    steps = eps * torch.eye(9, dtype=torch.float64)
    kept = torch.tril(torch.full((9, 9), eps, dtype=torch.float64), -1)  # the steps taken before, not undone
    all_at_once = torch.full((1, 9), eps, dtype=torch.float64)
    shifts = [steps, -steps, 0 * steps[:1], kept + steps, kept, -kept + steps, -kept - steps]
    rows = torch.cat([params + shift for shift in [*shifts, all_at_once, -all_at_once, 2 * steps]])
    parts = losses(rows).split([9, 9, 1, 9, 9, 9, 9, 1, 1, 9])
    plus, minus, (start,), plus_kept, kept_plus, plus_lost, minus_lost, all_plus, all_minus, twice = parts
    relative = params * steps
    larger, smaller = losses(torch.cat([params + relative, params - relative])).split([9, 9])
    return {
        "These are differences to one side: take one step to each side.": (plus - start) / eps,
        "These are differences to one side, the lower one: take one step to each side.": (start - minus) / eps,
        "These are differences to one side: there are two steps up and none down.": (twice - start) / (2 * eps),
        "The two losses are 2·eps apart: divide by 2·eps.": (plus - minus) / eps,
        "Brackets are missing: subtract first, then divide by 2·eps.": plus - minus / (2 * eps),
        "Brackets are missing: a / 2 * eps is (a / 2) · eps. Divide by (2 * eps).": (plus - minus) / 2 * eps,
        "The division by 2·eps is missing.": plus - minus,
        "It is multiplied with 2·eps: divide by it.": (plus - minus) * 2 * eps,
        "The sign is wrong: loss after the step up minus loss after the step down.": (minus - plus) / (2 * eps),
        "The sign of the differences is lost: a derivative may be negative.": (plus - minus).abs() / (2 * eps),
        "These are half the differences: one of the two losses is that of the start.": (plus - start) / (2 * eps),
        "A parameter stays changed when the next one has its turn: put it back.": (plus_lost - minus_lost) / (2 * eps),
        "After the step up a parameter is not put back.": (plus_kept - kept_plus) / (2 * eps),
        "All parameters are changed at once: change one at a time.": ((all_plus - all_minus) / (2 * eps)).expand(9),
        "The order of the nine is turned round.": ((plus - minus) / (2 * eps)).flip(0),
        "The step is eps times the parameter: it has to be eps for every parameter.": (larger - smaller) / (2 * eps),
    }


def _place(random: Random) -> tuple[Tensor, Tensor, Tensor]:
    """x, target and params where steps that are rounded to float32 show, and so does a factor of 1.001.

    x and target are the same in float32.
    """
    while True:
        x = draw(random, 4, 2, low=-0.9, high=0.9).float().double()
        params = draw(random, 9, low=-0.9, high=0.9)
        far = torch.where(OTHERS.predict(x, params).mean() > 0.5, 0.1, 0.6)  # else its derivatives are small
        target = (far + draw(random, 4, low=0, high=0.3)).float().double()

        def others(rows: Tensor, x: Tensor = x, target: Tensor = target) -> Tensor:
            return OTHERS.losses(x, target, rows)

        errors = _errors_of_steps(params)
        if _shows(errors, OWN.gradient(x, target, params)) and _shows(errors, _differences(others, params, 1e-5)):
            return x, target, params


def _errors_of_steps(params: Tensor) -> Tensor:
    """By how much, relatively, each step of 1e-5 is wrong when it is taken in float32."""
    up, down = (params.float() + 1e-5).double(), (params.float() - 1e-5).double()
    return (up - down) / 2e-5 - 1


def _shows(errors: Tensor, right: Tensor) -> bool:
    """Whether the errors of float32 and of such a factor are well above what ROUGH allows, and there are both signs."""
    large = errors.abs().max() >= 1e-3 and right.abs().max() > 0.1 and (errors * right).abs().max() > 9e-5
    return bool(large and right.min() < -0.01 and right.max() > 0.01)


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-finite-differences`, 3.5 points."""
    random = random_numbers("finite-differences")
    x, target, params = _place(random)

    def expect_differences(
        arguments: tuple[Tensor, Tensor, Tensor] | tuple[Tensor, Tensor, Tensor, float],
        vague: str,
        tolerance: tuple[float, float] = ROUGH,
        eps: float = 1e-5,
        other_steps: Mapping[str, float] | None = None,
        any_factor: bool = True,
        any_type: bool = False,
    ) -> None:
        """Fail unless the differences with step `eps` are right; with `any_factor` up to a factor of all nine.

        It is the factor that they have with the usual step, since what depends on the step is no factor. With
        `any_type` the answer has to be the one that is given for the same numbers in float64. `other_steps` maps the
        message of a mistake to the step that this mistake takes.
        """
        at = arguments[2].double()

        def compare(earlier: Earlier) -> None:
            def losses(rows: Tensor) -> Tensor:
                return earlier.losses(x, target, rows)

            def known() -> dict[str, Sequence[Any]]:
                others = {text: _differences(losses, at, step) for text, step in (other_steps or {}).items()}
                others[NOTEBOOK] = _differences(lambda rows: earlier.losses(X, TARGET, rows), at, eps)
                return {text: [entries] for text, entries in (_mistaken_differences(losses, at, eps) | others).items()}

            calls = [arguments, (x, target, at)]
            answers = earlier.call(student.finite_difference_gradient, calls, "predict", "get_loss")
            got = numbers(answers[0], 9)
            expect(
                any(value != 0 for value in got),
                "All differences are 0: are the two sets of parameters one and the same tensor, "
                "or is the step too small for the type of the numbers?",
            )
            usual, right = numbers(answers[1], 9), _differences(losses, at, 1e-5).tolist()
            expect(not any_type or agree(got, usual, *EXACT), vague)
            k = common_factor(usual, right, most=9) if any_factor else 1.0
            expect_close([got], [k * _differences(losses, at, eps)], vague, known, *tolerance)

        with_own_or_others(compare, vague)

    not_exact = (
        "The differences are not right, or not exact enough. With eps = 1e-5 to both sides, and in float64, "
        "the first eight digits are right."
    )

    @checks.check("central differences, to eight digits", weight=1)
    def _() -> None:
        expect_differences((x, target, params), not_exact, EXACT)

    @checks.check("divided by the distance of the two losses, with the right sign", weight=0.5)
    def _() -> None:
        expect_differences((x, target, params), "The differences are not right.", any_factor=False)

    @checks.check("the step is the argument `eps`", weight=0.5)
    def _() -> None:
        if needs_autograd(student.finite_difference_gradient, [(x, target, params, 0.1)]):
            checks.note(AUTOMATIC)
            raise CheckFailed(f"{AUTOMATIC}: take the losses after a step of `eps` up and down.")
        expect_differences(
            (x, target, params, 0.1),
            "With another eps than 1e-5 the differences are not right.",
            (1e-5, 1e-6),
            0.1,
            {"The argument `eps` is not used.": 1e-5},
        )

    @checks.check("parameters in float32 are turned into float64", weight=0.75)
    def _() -> None:
        expect_differences(
            (x, target, params.float()),
            "With parameters in float32 the differences are not exact: convert them before the small steps are taken.",
            any_type=True,
        )

    @checks.check("so are x and target", weight=0.25)
    def _() -> None:
        expect_differences(
            (x.float(), target.float(), params),
            "With x and target in float32 the differences are not exact: convert x and target, too.",
            any_type=True,
        )

    @checks.check("x, target and params stay as they are", weight=0.4)
    def _() -> None:
        def look(earlier: Earlier) -> None:
            stand_ins = earlier.stand_ins("predict", "get_loss")
            (answer,) = call_and_look(student.finite_difference_gradient, [(x, target, params)], stand_ins)
            result, after = result_and_arguments(answer)
            expect(any(value != 0 for value in numbers(result, 9)), "All differences are 0.")
            expect_unchanged({"x": x, "target": target, "params": params}, after)

        with_own_or_others(look)
