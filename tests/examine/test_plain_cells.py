"""Plain test cells give the same verdict behind the wall and beside the student's code, as nbgrader runs them."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.examine import room

pytestmark = pytest.mark.heavy

CASES = tomllib.loads(Path(__file__).with_name("plain_cells.toml").read_text())
BLANK = "# YOUR CODE HERE\npass"


@pytest.mark.parametrize("name", CASES)
def test_a_plain_cell_gives_the_same_verdict_behind_the_wall(kernels: str, name: str) -> None:
    case = CASES[name]
    tests = [case[each] for each in ("test", "test2") if each in case]
    master = room.notebook(
        ("given", case.get("given", "")),
        ("solution", case["right"]),
        ("given", case.get("after", "")),
        *[("test", each) for each in tests],
    )
    right, _, profiles = room.behind(kernels, master, [case["right"]])
    assert right == [4.0] * len(tests)
    for answer in (case["right"], case["wrong"], BLANK):
        wanted = room.beside(kernels, master, [answer])
        found, messages, _ = room.behind(kernels, master, [answer], profiles)
        assert found == wanted, messages
        assert (sum(wanted) < sum(right)) == (answer != case["right"])
        assert [bool(message) for message in messages] == [points < 4 for points in found]


def test_a_submodule_that_is_not_loaded_yet_is_a_module_of_the_masters(
    kernels: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "wsgiref.headers", raising=False)
    monkeypatch.delattr("wsgiref.headers", raising=False)
    answer = "from wsgiref import headers as heads"
    master = room.notebook(
        ("given", "from wsgiref import headers"), ("solution", answer), ("test", "assert id(headers) == id(heads)")
    )
    points, messages, _ = room.behind(kernels, master, [answer])
    assert points == [4.0], messages


def test_a_name_may_stand_for_one_module_after_another(kernels: str) -> None:
    answers = ["import json as tool", "import base64 as tool"]
    master = room.notebook(
        ("solution", answers[0]),
        ("test", "assert tool.dumps([1]) == '[1]'"),
        ("solution", answers[1]),
        ("test", "assert tool.b64encode(b'a')"),
    )
    points, messages, _ = room.behind(kernels, master, answers)
    assert points == [4.0, 4.0], messages
