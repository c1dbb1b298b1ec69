"""What wrong numbers have in common is told; numbers without a pattern are not explained away."""

import pytest

from labtools.patterns import pattern

WANTED = [[1.0, -2.0], [0.5, 3.0], [-4.0, 0.25]]
KNOWN = {
    "2 times as large": [[2 * x for x in row] for row in WANTED],
    "All signs are turned round": [[-x for x in row] for row in WANTED],
    "too small by 3": [[x - 3 for x in row] for row in WANTED],
    "the same whatever your code is given": [[1.0, -2.0]] * 3,
    "All numbers are 0": [[0.0, -0.0]] * 2,
    "nearly right, up to a part in 400": [[x + 0.01 * (x == 3) for x in row] for row in WANTED],
}
UNKNOWN = {
    "one entry": [[1.0, -2.0], [0.5, 3.0], [-4.0, 25.0]],
    "infinite": [[float("inf"), -2.0], [0.5, 3.0], [-4.0, 0.25]],
    "not a number": [[float("nan"), -2.0], [0.5, 3.0], [-4.0, 0.25]],
    "factor in one row": [[2.0, -4.0], [0.5, 3.0], [-4.0, 0.25]],
}


@pytest.mark.parametrize("said", KNOWN)
def test_a_pattern_is_told(said: str) -> None:
    got = KNOWN[said]
    assert said in pattern(got, WANTED[: len(got)])


@pytest.mark.parametrize("got", UNKNOWN.values(), ids=UNKNOWN)
def test_without_a_pattern_nothing_is_said(got: list[list[float]]) -> None:
    assert pattern(got, WANTED) == ""


def test_two_numbers_make_no_pattern() -> None:
    assert pattern([[-10.0, 0.0]], [[-12.0, 0.0]]) == ""
    assert pattern([[-10.0, 0.0, 0.0]], [[-12.0, 0.0, 0.0]]) == ""
