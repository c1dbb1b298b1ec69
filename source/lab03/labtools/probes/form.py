"""The form of a result: its shape, and that a call has left its arguments alone. A fault here costs one check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from labtools.asking import Answer
from labtools.expecting import agree, expect, numbers


def result(answer: Answer) -> Any:
    """What a call returned, from an answer of `call_and_look`. Where it raised, the answer itself, which says so."""
    return answer if answer.value is None else answer.value[0]


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a tensor, or of what a list would be as a tensor."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    return (len(value), *shape_of(value[0])) if isinstance(value, list) and value else ()


def expect_form(answer: Answer, shape: tuple[int, ...], given: Mapping[str, torch.Tensor]) -> None:
    """Fail unless the result has this shape, and the first arguments, `given` by name, are as they were."""
    found = shape_of(answer.value[0])
    expect(found == shape, f"The numbers are right, but the shape of the result is {found}: it should be {shape}.")
    expect_unchanged(answer, given)


def by_name(params: torch.Tensor) -> dict[str, torch.Tensor]:
    """The nine parameters of the network, of a tensor of shape (9,), by their names."""
    return dict(zip(("b1", "b2", "w11", "w12", "w21", "w22", "c", "u1", "u2"), params))


def expect_unchanged(answer: Answer, given: Mapping[str, torch.Tensor]) -> None:
    """Fail if the first arguments, `given` by name, are not as they were."""
    for (name, before), now in zip(given.items(), answer.value[1]):
        expect(
            agree(numbers(now), before.reshape(-1).tolist(), 0, 0),
            f"The numbers are right, but your function changes its argument `{name}`: compute with a new tensor.",
        )


def expect_tensor(answer: Answer, dtype: torch.dtype | None = None) -> None:
    """Fail unless the result is a tensor, of this type if one is given: for what later cells do with it."""
    value = answer.value
    if value is not None:
        expect(
            isinstance(value, torch.Tensor),
            "The result is no tensor, and later cells compute with it: `torch.stack` makes one of a list of numbers.",
        )
        right = dtype is None or value.dtype == dtype
        expect(right, f"The result is of type {value.dtype}, and {dtype} is asked for.")
