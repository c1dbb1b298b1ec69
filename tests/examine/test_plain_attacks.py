"""Attacks on plain test cells gain nothing behind the wall, and most of them gain points beside the tests."""

import json
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Profile
from autograder.examine.plain_cells import PlainCells
from autograder.examine.sitting import Sitting
from tests.examine import room

pytestmark = pytest.mark.heavy

ATTACKS = tomllib.loads(Path(__file__).with_name("plain_attacks.toml").read_text())
RIGHT = """
def total(numbers):
    return sum(numbers)
def words(text):
    return text.split()
def mean(a):
    return a.mean()
"""
MASTER = room.notebook(
    ("given", "import numpy as np"),
    ("solution", RIGHT),
    ("test", "assert total([1, 2]) == 3\nassert total([]) == 0"),
    ("test", "found = words('b a')\nassert sorted(found) == ['a', 'b']\nassert 'a' in found and len(found) == 2"),
    ("test", "np.testing.assert_allclose(mean(np.array([1.0, 3.0])), 2.0)\nassert mean(np.zeros(3)) == 0"),
)
#: Of a reply, what is beside the value.
REST: dict[str, Any] = {"classes": [], "changed": [], "globals": {}, "printed": "", "warned": []}


@pytest.fixture(scope="module")
def profiles(kernels: str) -> dict[str, Profile]:
    points, _, made = room.behind(kernels, MASTER, [RIGHT])
    assert points == [4.0, 4.0, 4.0]
    return made


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gains_nothing(kernels: str, profiles: dict[str, Profile], name: str) -> None:
    attack = ATTACKS[name]
    began = time.monotonic()
    points, messages, _ = room.behind(kernels, MASTER, [attack["answer"]], profiles)
    assert points == [0.0, 0.0, 0.0]
    assert all(messages) and all(len(message) <= 1000 for message in messages)
    json.dumps(messages).encode()
    assert time.monotonic() - began < 60
    if attack.get("gains"):
        assert sum(room.beside(kernels, MASTER, [attack["answer"]])) > 0


def test_without_its_profile_an_object_that_answers_everything_gains_points(kernels: str) -> None:
    """What holds it back is the profile: in a run that records one, it answers for itself."""
    answer = ATTACKS["objects-that-answer-everything"]["answer"]
    points, _, _ = room.behind(kernels, MASTER, [answer])
    assert points[0] == 4.0


EVERY = """
class Every:
    def __init__(self, *_):
        pass
    def __getattr__(self, name):
        return self
class Person(Every):
    pass
"""
SOME = EVERY.replace("return self", "if name != 'age': raise AttributeError\n        return Every()")


@pytest.mark.parametrize(
    "answer, gained",
    [(EVERY, 0.0), (SOME, 4.0), (EVERY.replace("return self", "return 3"), 4.0)],
    ids=["every", "some", "values"],
)
def test_that_an_object_with_every_attribute_has_one_counts_for_nothing(
    kernels: str, answer: str, gained: float
) -> None:
    """What an attribute's value says is another matter: it is judged here."""
    right = "class Person:\n    def __init__(self, age):\n        self.age = age"
    master = room.notebook(("solution", right), ("test", "assert hasattr(Person(3), 'age')"))
    points, messages, profiles = room.behind(kernels, master, [right])
    assert points == [4.0] and room.beside(kernels, master, [answer]) == [4.0]
    points, messages, _ = room.behind(kernels, master, [answer], profiles)
    assert points == [gained] and ("has every one" in messages[0]) == (not gained), messages
    kept = room.notebook(("solution", answer), ("test", "assert hasattr(Person(3), 'age')"))
    _, _, needed = room.behind(kernels, kept, [answer])
    assert room.behind(kernels, kept, [answer], needed)[0] == [4.0]  # where the master's own object has every one


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        [],
        {},
        {"value": 1},
        REST,
        REST | {"value": ["object"]},
        REST | {"value": ["object", 0, 5, "function"]},
        REST | {"value": ["import", "os", "system"]},
        REST | {"value": ["type", "subprocess.Popen"]},
        REST | {"value": ["yours", 0]},
        REST | {"value": ["array", 1, "|O", [1], ""]},
        REST | {"value": ["array", 1, "<f8", ["builtins.tuple", 10**12], "AA=="]},
        REST | {"value": ["named", "eval", ["x", "__import__('os')"], [1, 2]]},
        REST | {"raised": [["type", "builtins.int"], ["builtins.tuple"], "", 0]},
        REST | {"raised": [["type", "builtins.ValueError"]]},
        REST | {"value": ["builtins.set", -1, [], [["builtins.list", -2, [], []]]]},
        REST | {"value": ["builtins.range", 1, "x", None]},
        REST | {"value": ["fractions.Fraction", 1, 0]},
        REST | {"value": ["int", "0x" + "f" * 100_000]},
        REST
        | {"value": 3, "classes": [{"number": 1, "name": "A", "module": "os", "bases": [["class", 9]], "special": []}]},
        REST | {"value": 3, "warned": [[1, ["type", "builtins.ValueError"], ["builtins.tuple"], "no warning", 0]]},
        REST | {"value": 3, "warned": [[10**30, ["type", "builtins.UserWarning"], ["builtins.tuple"], "", 0]]},
        REST | {"value": 3, "warned": [[1, ["type", "builtins.UserWarning"]]]},
    ],
)  # fmt: skip
def test_a_reply_that_no_code_of_ours_makes_is_refused(tmp_path: Path, answer: Any) -> None:
    def ask(label: str, request: dict[str, Any], lent: Any) -> Any:
        if request["do"][0] == "read":
            function = ["object", 1, 0, "function"]
            kind = {"number": 0, "name": "function", "module": "builtins", "bases": [], "special": ["call"]}
            return REST | {"values": {"total": function}, "classes": [kind]}
        return answer

    sitting = Sitting(PlainCells(MASTER), ask, lambda: None, tmp_path, 10.0)
    outcome = sitting.run("test-1", Profile(kinds=["function", "instance", "class"]))
    assert outcome.points == 0.0
    assert "cannot be read" in outcome.checks[0].message or "Not accepted" in outcome.checks[0].message
