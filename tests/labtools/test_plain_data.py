"""What crosses the wall: plain data with limits, and nothing else."""

import json

import pytest
import torch

from labtools import asking, plaindata


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([0.0] * 100_001, "100001 entries"),
        (torch.zeros(100_001), "100001 entries"),
        (nested(30), "nested too deeply"),
        (2**63, "too large"),
        (object(), "neither a number nor"),
        (torch.zeros(2, dtype=torch.complex64), "not allowed here"),
    ],
    ids=["list", "tensor", "depth", "integer", "object", "dtype"],
)
def test_what_is_too_much_or_not_plain_does_not_leave_the_students_process(value, why) -> None:
    with pytest.raises((ValueError, TypeError), match=why):
        plaindata.plain(value)


@pytest.mark.parametrize(
    "data",
    [
        [0] * 100_001,
        nested(30),
        {"tensor": [1.0], "shape": [2], "dtype": "float64"},
        {"tensor": [], "shape": [10**9, 0, 10**9] * 30, "dtype": "float64"},
        {"tensor": ["x"], "shape": [1], "dtype": "float64"},
        {"tensor": [1.0], "shape": [1], "dtype": "__class__"},
        {"tensor": [1.0], "shape": [True], "dtype": "float64"},
        {"unknown": 1},
        2**63,
        {"tensor": [300], "shape": [1], "dtype": "int8"},
        {"tensor": [10**400], "shape": [1], "dtype": "float64"},
        {"tensor": [float("nan")], "shape": [1], "dtype": "int64"},
    ],
    ids=["length", "depth", "size", "shape", "entries", "dtype", "truth", "other", "integer", "int8", "float", "nan"],
)
def test_the_grader_refuses_what_plain_data_never_is(data) -> None:
    with pytest.raises(ValueError):
        plaindata.restore(data)


def test_tensors_and_numbers_come_back_as_they_went() -> None:
    for value in (1.5, True, None, "text", [1, [2.0]], torch.arange(6, dtype=torch.float32).reshape(2, 3)):
        back = plaindata.restore(json.loads(json.dumps(plaindata.plain(value))))
        assert type(back) is type(value) and str(back) == str(value)


@pytest.mark.parametrize(
    "data",
    [
        7,
        "abc",
        {"a": 1, "b": 2, "c": 3, "d": 4},
        [1, None, ""],
        [1, None, "", 4],
        [1, None, "", "", 5],
        [None, 7, "", ""],
        [None, "", "", ""],
        [None, "TypeError", 7, ""],
    ]
    + [[1, "TypeError", "", ""], [None, ["TypeError"], "", ""]],
    ids=["number", "text", "dict", "short", "placeless", "long", "code", "unnamed", "textless", "both", "list"],
)
def test_the_grader_refuses_what_is_no_answer(data) -> None:
    with pytest.raises((TypeError, ValueError)):
        asking.read_answer(data)


def test_an_answer_has_a_value_or_an_error_with_a_short_message() -> None:
    assert asking.read_answer([2.0, None, "", ""]) == asking.Answer(2.0)
    told = asking.read_answer([None, "TypeError", "x" * 400, "y" * 400])
    assert told == asking.Answer(None, "TypeError", "x" * 300, "y" * 300)
