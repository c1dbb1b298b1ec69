"""The checks that students run: what they print, what they give, what they survive."""

import math
import sys
import warnings

import pytest
import torch

import labtools
from labtools.plaindata import plain, restore


def one_check(function, points: float = 1) -> tuple[float, str]:
    checks = labtools.Checks(points=points)
    checks.check("the check", weight=1)(function)
    return checks.score(), checks.results[0].message


def test_all_checks_run_and_points_add_up(capsys: pytest.CaptureFixture) -> None:
    checks = labtools.Checks(points=3)

    @checks.check("fails", weight=1)
    def _() -> None:
        labtools.expect(False, "this is why")

    @checks.check("passes", weight=0.5)
    def _() -> None:
        labtools.expect(True, "never shown")

    assert checks.score() == 0.5
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[failed] 0/1  fails" and lines[1].strip() == "this is why"
    assert lines[2] == "[passed] 0.5/0.5  passes"
    assert lines[3] == "0.5 of 3 points. 1.5 more can be earned by checks that run when the lab is graded."


@pytest.mark.parametrize(
    ("answer", "count", "message"),
    [
        (None, 1, "not written yet"),
        ("text", 1, "got a str"),
        ([1, 2], 3, "Expected 3 numbers, got 2"),
        (lambda: 1, 1, "function"),
        (object(), 1, "object"),
    ],
)
def test_what_is_no_number_fails_with_a_reason(answer, count, message) -> None:
    score, said = one_check(lambda: labtools.numbers(labtools.call_many(lambda: answer, [()])[0], count))
    assert score == 0 and message in said


def test_an_explanation_has_an_end() -> None:
    _, said = one_check(lambda: labtools.expect(False, 1_000_000 * "x"))
    assert said == 1000 * "x"


def test_an_exception_of_the_student_is_told_with_type_and_message() -> None:
    def broken(x):
        raise KeyError("weights")

    score, said = one_check(lambda: labtools.numbers(labtools.call_many(broken, [(1.0,)])[0]))
    assert score == 0 and "KeyError" in said and "weights" in said


def test_exceptions_can_be_asked_for() -> None:
    def picky(x):
        raise ValueError("no")

    (answer,) = labtools.call_many(picky, [(1.0,)])
    assert (answer.value, answer.error, answer.message) == (None, "ValueError", "no")


def test_a_missing_name_says_so() -> None:
    score, said = one_check(lambda: labtools.read(never_defined))  # noqa: F821
    assert score == 0 and "never_defined" in said and "Run the cell" in said


def test_a_fault_of_the_check_gives_no_points_and_is_not_blamed_on_the_student() -> None:
    score, said = one_check(lambda: 1 / 0)
    assert score == 0 and "course staff" in said


def test_warnings_and_stderr_cost_nothing(capsys: pytest.CaptureFixture) -> None:
    def noisy():
        warnings.warn("careful", stacklevel=1)
        print("to stderr", file=sys.stderr)
        return 1.0

    score, _ = one_check(lambda: labtools.expect_close(labtools.call_many(noisy, [()]), [1.0], "no"))
    assert score == 1 and capsys.readouterr().err == ""


def test_known_mistakes_are_named_only_when_they_match_everywhere() -> None:
    def check(values, wanted):
        answers = labtools.call_many(lambda x: x, [(value,) for value in values])
        return one_check(lambda: labtools.expect_close(answers, wanted, "other", {"doubled": [2.0, 4.0]}))[1]

    assert check([1.0, 2.0], [1.0, 2.0]) == ""
    assert check([2.0, 4.0], [1.0, 2.0]) == "doubled"
    assert check([2.0, 4.1], [1.0, 2.0]) == "other"
    assert check([math.nan, 2.0], [1.0, 2.0]) == "other"
    assert check([1.0, 2.0], [1.0, math.inf]) == "other"
    assert check([1.0, math.inf], [1.0, math.inf]) == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        -0.5,
        "text",
        [1, [2.0, None]],
        {"a": 1.0},
        torch.tensor(1.5, dtype=torch.float64),
        torch.zeros(2, 0, 3),
        torch.arange(6).reshape(2, 3),
    ],
)
def test_plain_data_travels_unchanged(value) -> None:
    back = restore(plain(value))
    if isinstance(value, torch.Tensor):
        assert back.dtype == value.dtype and torch.equal(back, value)
    else:
        assert back == value and type(back) is type(value)


def test_numpy_and_gradient_tensors_become_plain() -> None:
    import numpy

    assert restore(plain(numpy.float32(0.5))).item() == 0.5
    assert restore(plain(numpy.arange(3.0))).tolist() == [0, 1, 2]
    assert restore(plain(torch.nn.Parameter(torch.ones(2)))).requires_grad is False


class Liar(float):
    """Equal to everything."""

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize("value", [Liar(3), 2**70, [0] * 100_001, object, torch.zeros(200_000)])
def test_what_is_not_plain_is_refused(value) -> None:
    with pytest.raises((TypeError, ValueError)):
        plain(value)


@pytest.mark.parametrize(
    "data",
    [
        {"tensor": [1.0], "shape": [2], "dtype": "float64"},
        {"tensor": ["x"], "shape": [1], "dtype": "float64"},
        {"tensor": [1.0], "shape": [1], "dtype": "__class__"},
        {"tensor": [], "shape": [-1, 0], "dtype": "float64"},
        {"tensor": [], "shape": [0] * 500, "dtype": "float64"},
        {"other": 1},
        [[]] * 100_001,
    ],
)
def test_what_plain_does_not_make_is_not_restored(data) -> None:
    with pytest.raises(ValueError):
        restore(data)


def test_deep_nesting_is_refused_on_both_sides() -> None:
    deep: list = []
    for _ in range(100):
        deep = [deep]
    for function in (plain, restore):
        with pytest.raises(ValueError, match="deep"):
            function(deep)


def test_random_inputs_depend_on_seed_and_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from labtools import checks

    first = labtools.random_numbers("a").random()
    assert labtools.random_numbers("a").random() == first != labtools.random_numbers("b").random()
    monkeypatch.setattr(checks, "seed", "another")
    assert labtools.random_numbers("a").random() != first
