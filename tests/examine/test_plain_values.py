"""Values and stand-ins of plain test cells, without a kernel: what is refused, and what stays one thing."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from autograder.course import Profile
from autograder.examine.plain_cells import PlainCells
from autograder.examine.sitting import Sitting
from tests.examine import room

from labtools.objects import Objects
from labtools.values import Values


def codec(step: int = 1) -> Values:
    def refer(value: Any) -> list[Any]:
        return ["object", type(value).__name__]

    def resolve(name: str, parts: list[Any]) -> Any:
        raise ValueError(name)

    return Values(refer, resolve, step)


@pytest.mark.parametrize(
    "value",
    [
        [1, [2, 3]], {"a": {1, 2}}, (1.5, None, "é"), -(10**40), b"\0\xff", float("inf"), range(3), slice(1, None, 2),
        np.arange(6.0).reshape(2, 3), np.float32(0.5), np.array(["a", "bc"]), np.array([1, "x", None], dtype=object),
        np.array(["2024-01-01"], dtype="M8[D]"), np.zeros((0, 3), dtype=bool),
        pd.Series([1, 2], index=["a", "b"], name="n"), pd.DataFrame({"a": [1, None], "b": ["x", None]}),
        pd.DataFrame({"c": pd.Categorical(["x", "y"]), "d": pd.to_datetime(["2024-01-01", None])}),
        pd.DataFrame({"k": pd.array([1, None], dtype="Int64")}, index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        pd.Timestamp("2024-03-01 12:00", tz="UTC"), pd.Timedelta(hours=1), pd.date_range("2024-01-01", periods=3),
    ],
    ids=str,
)  # fmt: skip
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    found = codec(-1).decode(codec().encode(value))
    assert type(found) is type(value)
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(found, value)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(found, value)
    elif isinstance(value, np.ndarray):
        np.testing.assert_array_equal(found, value)
        assert found.dtype == value.dtype
    elif isinstance(value, pd.Index):
        pd.testing.assert_index_equal(found, value)
        assert found.freq == value.freq
    else:
        assert found == value


def test_what_is_one_thing_stays_one_and_may_contain_itself() -> None:
    ours, theirs = codec(), codec(-1)
    inner: list[Any] = [1]
    outer = [inner, inner]
    outer.append(outer)
    found = theirs.decode(ours.encode(outer))
    assert found[0] is found[1] and found[2] is found
    inner.append(2)
    ours.begin()
    assert theirs.decode(ours.encode(outer)) is found and found[0] == [1, 2]


def test_a_subclass_of_a_value_does_not_leave_the_students_process_as_one() -> None:
    class Int(int):
        pass

    class List(list):
        pass

    class Text(str):
        pass

    for value in (Int(), List(), Text()):
        assert codec().encode(value) == ["object", type(value).__name__]


def test_keys_that_collide_are_refused() -> None:
    keys = [(2**61 - 1) * k for k in range(3000)]
    for data in (["builtins.frozenset", *keys], ["builtins.set", 1, [], keys],
                 ["builtins.dict", 1, [], [part for key in keys for part in (key, 0)]]):  # fmt: skip
        with pytest.raises(ValueError, match="same hash"):
            codec().decode(data)


def test_an_array_of_another_size_is_refused() -> None:
    for shape in ([10**9], [2, -1], [1.0], [0]):
        with pytest.raises((ValueError, TypeError), match="an array"):
            codec().decode(["array", 1, "<f8", ["builtins.tuple", *shape], "AAAAAAAA8D8="])


@pytest.mark.parametrize("depth", [200, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    nested: list[Any] = []
    for _ in range(depth):
        nested = [nested]
    with pytest.raises(ValueError, match="nested"):
        codec().encode(nested)


def sitting(
    test: str,
    replies: dict[str, Any],
    folder: Path,
    seconds: float = 10.0,
    waited: Callable[[], float] = lambda: 0.0,
) -> tuple[Any, list[Any]]:
    """A test cell and a student's process that answers a call of `f` so. Returns the outcome and what was asked."""
    asked: list[Any] = []
    empty = {"classes": [], "changed": [], "globals": {}, "printed": "", "warned": []}
    kind = {"number": 0, "name": "function", "module": "builtins", "bases": [], "special": ["call"]}

    def ask(label: str, request: dict[str, Any], lent: Any) -> Any:
        asked.append(request["do"])
        if request["do"][0] == "read":
            return {**empty, "values": {"f": ["object", 1, 0, "function"]}, "classes": [kind]}
        return {**empty, "value": None, **(replies if request["do"][0] == "call" else {})}

    master = room.notebook(("solution", "def f(x):\n    return x"), ("test", test))
    profile = Profile(kinds=["class", "function", "instance"])
    return Sitting(PlainCells(master), ask, lambda: None, folder, seconds, waited).run("test-1", profile), asked


def test_nothing_is_called_here_because_a_student_names_it(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    popen = {"number": 5, "name": "Popen", "module": "subprocess", "bases": [], "special": []}
    assert subprocess.Popen.__qualname__ == "Popen"
    replies = {"value": ["class", 5, "subprocess", "Popen"], "classes": [popen]}
    outcome, asked = sitting(f"kind = f(1)\nkind(['touch', {str(mark)!r}]).wait()", replies, tmp_path)
    assert not mark.exists()
    assert ["call", 5] in asked  # it was called there


def test_a_test_that_loops_over_a_students_number_has_an_end(tmp_path: Path) -> None:
    outcome, _ = sitting("for k in range(f(1)):\n    pass", {"value": 10**8}, tmp_path, seconds=0.3)
    assert outcome.points == 0 and "too long" in outcome.checks[0].message


def test_time_that_others_had_the_cores_is_not_that_of_a_test(tmp_path: Path) -> None:
    test = "import time\nfor k in range(f(1)):\n    time.sleep(0.01)"
    outcome, _ = sitting(test, {"value": 100}, tmp_path, seconds=0.5, waited=time.monotonic)
    assert outcome.points == 4


def test_waiting_does_not_keep_a_test_from_its_end(tmp_path: Path) -> None:
    loop = "for k in range(f(1)):\n    pass"
    outcome, _ = sitting(loop, {"value": 10**8}, tmp_path, seconds=0.1, waited=lambda: 2 * time.monotonic())
    assert outcome.points == 0 and "too long" in outcome.checks[0].message


def test_what_a_test_puts_in_the_place_of_a_builtin_does_not_stay(tmp_path: Path) -> None:
    before = sys.stdout, sys.stdin, input
    test = "import builtins, sys, io\nbuiltins.input = builtins.more = len\nsys.stdout = sys.stdin = io.StringIO()"
    outcome, _ = sitting(test, {}, tmp_path)
    assert outcome.points == 4
    assert (sys.stdout, sys.stdin, input) == before and "more" not in dir(__builtins__)


def test_the_message_is_the_assertions_own_and_no_line_of_the_test(tmp_path: Path) -> None:
    for test, wanted in (
        ("assert f(1) == 7, 'f(1) should be odd'", "f(1) should be odd"),
        ("assert f(1) == 7", "An assertion does not hold."),
        ("{'secret': 1}[f(1)]", "The test ended in KeyError."),
    ):
        outcome, _ = sitting(test, {"value": 8}, tmp_path)
        assert (outcome.points, outcome.checks[0].message, outcome.checks[0].name) == (0.0, wanted, "test-1")


def test_an_object_that_is_no_value_stays_where_it_is() -> None:
    objects = Objects({"x": object()}, lambda *_: None)
    answer = objects.do({"do": ["read", ["x", "y"]]})
    kind, number, class_number, what = answer["values"]["x"][:4]
    assert (kind, what) == ("object", "instance") and answer["values"]["y"] == ["missing"]
    assert [each["name"] for each in answer["classes"]] == ["object"]
