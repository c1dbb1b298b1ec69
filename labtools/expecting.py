"""What a check expects of an answer: it fails with a message for the student, or says nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from labtools.asking import Answer, Unwritten
from labtools.patterns import pattern
from labtools.plaindata import is_array


class CheckFailed(Exception):
    """Raised inside a check. Its message is shown to the student."""


def expect(condition: bool, message: str) -> None:
    """Fail the check with this message unless the condition holds."""
    if not condition:
        raise CheckFailed(message)


def numbers(answer: Answer | Any, count: int | None = None) -> list[float]:
    """The numbers in an answer, as a flat list of floats.

    Accepts numbers, lists, tuples and tensors alike. Fails the check if the call raised an
    exception, returned nothing, or returned another count of numbers than `count`.
    """
    if isinstance(answer, Answer):
        expect(answer.error is None, f"Your code raised {answer.raised}")
        answer = answer.value
    expect(answer is not None, "There is no result (None): not written yet, or `return` is missing.")
    flat = answer.reshape(-1).tolist() if is_array(answer) else _flatten(answer)
    if count is not None and len(flat) != count:
        wanted = "one number" if count == 1 else f"{count} numbers"
        raise CheckFailed(f"Expected {wanted}, got {len(flat)}{_parts(answer)}.")
    return [float(entry) for entry in flat]


def _parts(value: Any) -> str:
    """That a result is several things of different sizes, in words: a pair of a tensor and a number, say."""
    sizes = [len(numbers(part)) for part in value] if isinstance(value, (list, tuple)) else []
    return f": your code returns {len(sizes)} things, not one" if len(set(sizes)) > 1 else ""


def _flatten(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        expect(
            all(entry is not None for entry in value),
            "A part of the result is None: a variable was never set, or `return` is missing.",
        )
        return [number for entry in value for number in numbers(entry)]
    expect(isinstance(value, (bool, int, float)), f"Expected numbers, got a {type(value).__name__}.")
    return [value]


def agree(got: Sequence[float], wanted: Sequence[float], rtol: float = 1e-4, atol: float = 1e-6) -> bool:
    """Whether two lists of numbers agree: |got − wanted| ≤ atol + rtol·|wanted|, entry by entry.

    NaN agrees with nothing, an infinite number only with itself.
    """
    near = (a == b or abs(a - b) <= atol + rtol * abs(b) < math.inf for a, b in zip(got, wanted))
    return len(got) == len(wanted) and all(near)


def expect_close(
    answers: Sequence[Any],
    wanted: Sequence[Any],
    message: str,
    mistakes: dict[str, Sequence[Any]] | Callable[[], dict[str, Sequence[Any]]] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
) -> None:
    """Fail unless every answer agrees with what is wanted.

    `mistakes` maps the explanation of a known mistake to what that mistake gives: when the answers
    agree with it everywhere, and with no other, the explanation is the message. Else `message` is, with what the
    wrong numbers have in common. It may be a function that returns this dict,
    called only if the answers are wrong.
    """
    targets = [numbers(entry) for entry in wanted]
    expect(len(answers) == len(targets), f"Expected {len(targets)} entries, got {len(answers)}.")
    got = [numbers(answer, len(target)) for answer, target in zip(answers, targets)]
    if all(agree(a, b, rtol, atol) for a, b in zip(got, targets)):
        return
    known = mistakes() if callable(mistakes) else mistakes or {}
    fitting = [
        explanation
        for explanation, values in known.items()
        if all(agree(a, numbers(b), rtol, atol) for a, b in zip(got, values))
    ]
    if len(fitting) == 1:
        raise CheckFailed(fitting[0])
    raise CheckFailed(f"{message} {pattern(got, targets)}".strip())


def first_to_pass(*attempts: Any, vague: str) -> None:
    """Fail the check unless one of the attempts passes.

    An attempt is a function without arguments that may fail the check. The message is the most helpful one:
    not `vague`, and rather what is wrong than that something was raised.
    """
    failures = []
    for each in attempts:
        try:
            return each()
        except (CheckFailed, Unwritten) as failed:
            failures.append(str(failed))
    raised = ("Your code raised", "Not written")
    raise CheckFailed(min(failures, key=lambda text: 2 * (text == vague) + text.startswith(raised)))
