"""How a derivative is judged: at random states, with the known mistakes told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hidden.lab03.exercise2.network import Formula, State, random_state

from labtools import Answer, Checks, Names, expect_close, note_signs, random_numbers
from labtools.probes import derivatives, derivatives_without_autograd, follows_through


def values(formula: Formula, states: Sequence[State]) -> list[float]:
    """The values of a formula in these states."""
    return [formula(state) for state in states]


def follows(function: Any, states: Sequence[State], formula: Formula, earlier: dict[str, Formula]) -> bool:
    """Whether the student's function gives the values of the formula once the `earlier` functions are right."""
    return follows_through(function, [state._asdict() for state in states], values(formula, states), earlier)


def expect_derivative(
    function: Any, states: Sequence[State], formula: Formula, message: str, mistakes: dict[str, Formula]
) -> None:
    """Fail unless the student's function gives the values of the formula in these states.

    `mistakes` maps what is told to the student to the formula of that mistake; `message` is for all others.
    """
    expect_close(
        derivatives(function, [state._asdict() for state in states]),
        values(formula, states),
        message,
        lambda: {text: values(mistake, states) for text, mistake in mistakes.items()},
    )


def judge_in_states(
    checks: Checks,
    student: Names,
    question: str,
    formula: Formula,
    message: str,
    mistakes: dict[str, Formula],
    earlier: dict[str, Formula] | None = None,
    weight: float = 0.75,
) -> None:
    """Add the hidden check of a question: the student's function of the formula's name is right in five random states.

    `question` names the random numbers. With `earlier` formulas it is enough that the function is right once the
    earlier functions are: a mistake in one of those does not count twice. `weight` is what the visible check leaves.
    """
    random = random_numbers(question)

    @checks.check("it is right in other states", weight=weight)
    def _() -> None:
        states = [random_state(random) for _ in range(5)]
        function = getattr(student, formula.__name__)
        if earlier is None or not follows(function, states, formula, earlier):
            expect_derivative(function, states, formula, message, mistakes)
        note_signs_in_states(checks, function, states)


def note_signs_in_states(checks: Checks, function: Any, states: Sequence[State]) -> None:
    """Note what tells a program's derivative from a formula, of a function that is right in these states."""

    def call(nudged: Sequence[State]) -> list[Answer]:
        return derivatives_without_autograd(function, [state._asdict() for state in nudged])

    note_signs(checks, call, states, nudge)


def nudge(state: State, r: float) -> State:
    """The state with its numbers 1 + r times as large, but for whole ones: y may be a class."""
    return State(*(number * (1 + r) if number % 1 else number for number in state))
