"""Judges `finite_difference_gradient`: exact enough, with the given step, for every type, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from hidden.lab03.exercise3.common_factor import common_factor
from hidden.lab03.exercise3.comparing import expect_unchanged, result_and_arguments
from hidden.lab03.exercise3.earlier import Earlier, with_own_or_others
from hidden.lab03.exercise3.inputs import draw
from hidden.lab03.exercise3.network import TARGET, X

from labtools import CheckFailed, Checks, Names, expect, expect_close, needs_autograd, numbers, random_numbers
from probes import call_and_look

Losses = Callable[[Tensor], Tensor]  # of rows of parameters, shape (R, 9): shape (R,)


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


def judge(checks: Checks, student: Names) -> None:
    """Add the hidden checks of `test-finite-differences`, 3.5 points."""
    random = random_numbers("finite-differences")
    x = draw(random, 4, 2, low=-0.9, high=0.9).float().double()  # x and target: the same in float32
    target = draw(random, 4, low=0.1, high=0.9).float().double()
    params = draw(random, 9, low=-0.9, high=0.9)

    def expect_differences(
        arguments: tuple[Tensor, Tensor, Tensor] | tuple[Tensor, Tensor, Tensor, float],
        vague: str,
        eps: float = 1e-5,
        other_steps: Mapping[str, float] | None = None,
        rtol: float = 1e-7,
        atol: float = 1e-8,
        any_factor: bool = True,
    ) -> None:
        """Fail unless the differences with step `eps` are right; with `any_factor` up to a factor of all nine.

        `other_steps` maps the message of a mistake to the step that this mistake takes.
        """
        at = arguments[2].double()

        def compare(earlier: Earlier) -> None:
            def losses(rows: Tensor) -> Tensor:
                return earlier.losses(x, target, rows)

            def known() -> dict[str, Sequence[Any]]:
                others = {text: _differences(losses, at, step) for text, step in (other_steps or {}).items()}
                others[NOTEBOOK] = _differences(lambda rows: earlier.losses(X, TARGET, rows), at, eps)
                return {text: [entries] for text, entries in (_mistaken_differences(losses, at, eps) | others).items()}

            (answer,) = earlier.call(student.finite_difference_gradient, [arguments], "predict", "get_loss")
            got = numbers(answer, 9)
            expect(
                any(value != 0 for value in got),
                "All differences are 0: are the two sets of parameters one and the same tensor, "
                "or is the step too small for the type of the numbers?",
            )
            right = _differences(losses, at, eps)
            k = common_factor(got, right.tolist(), most=9, largest=3) if any_factor else 1.0
            expect_close([got], [k * right], vague, known, rtol, atol)

        with_own_or_others(compare, vague)

    not_exact = (
        "The differences are not right, or not exact enough. With eps = 1e-5 to both sides, and in float64, "
        "the first eight digits are right."
    )

    @checks.check("central differences, to eight digits", weight=1)
    def _() -> None:
        expect_differences((x, target, params), not_exact)

    @checks.check("divided by the distance of the two losses, with the right sign", weight=0.5)
    def _() -> None:
        expect_differences((x, target, params.flip(0)), not_exact, any_factor=False)

    @checks.check("the step is the argument `eps`", weight=0.5)
    def _() -> None:
        if needs_autograd(student.finite_difference_gradient, [(x, target, params, 0.1)]):
            checks.note(AUTOMATIC)
            raise CheckFailed(f"{AUTOMATIC}: take the losses after a step of `eps` up and down.")
        expect_differences(
            (x, target, params, 0.1),
            "With another eps than 1e-5 the differences are not right.",
            0.1,
            {"The argument `eps` is not used.": 1e-5},
            rtol=1e-5,
            atol=1e-6,
        )

    @checks.check("parameters in float32 are turned into float64", weight=0.75)
    def _() -> None:
        expect_differences(
            (x, target, params.float()),
            "With parameters in float32 the differences are not exact: convert them before the small steps are taken.",
        )

    @checks.check("so are x and target", weight=0.25)
    def _() -> None:
        expect_differences(
            (x.float(), target.float(), params),
            "With x and target in float32 the differences are not exact: convert x and target, too.",
        )

    @checks.check("x, target and params stay as they are", weight=0.5)
    def _() -> None:
        def look(earlier: Earlier) -> None:
            stand_ins = earlier.stand_ins("predict", "get_loss")
            (answer,) = call_and_look(student.finite_difference_gradient, [(x, target, params)], stand_ins)
            result, after = result_and_arguments(answer)
            expect(any(value != 0 for value in numbers(result, 9)), "All differences are 0.")
            expect_unchanged({"x": x, "target": target, "params": params}, after)

        with_own_or_others(look)
