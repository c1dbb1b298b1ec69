"""Comparisons of tensors that several judges make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from labtools import agree, expect, numbers


def same(one: Any, other: Any) -> bool:
    """Whether two answers or tensors hold the same numbers, up to rounding."""
    one, other = numbers(one), numbers(other)
    return len(one) == len(other) and agree(one, other)


def expect_unchanged(given: Mapping[str, Tensor], after: Sequence[Any], remedy: str = "work on a copy") -> None:
    """Fail unless the arguments, by name, have exactly the values that were given. `after` is in the same order."""
    for (name, before), now in zip(given.items(), after):
        expect(
            agree(numbers(now), before.reshape(-1).tolist(), 0, 0),
            f"After the call `{name}` of the caller has other values than before: {remedy}.",
        )


def result_and_arguments(answer: Any) -> tuple[Any, Sequence[Any]]:
    """What a call returned and its arguments afterwards, from an answer of `call_and_look`.

    If the call raised, the answer itself stands for the result, so that `numbers` says so.
    """
    return (answer, []) if answer.value is None else (answer.value[0], answer.value[1])
