"""Objects of the lab's own classes: a test may hand them to the student's code, and only those of given classes."""

import sys
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.examine.given import GivenClasses, forget_modules
from tests.examine import room

from labtools.instances import set_state, state_of
from labtools.values import Values

MODULE = """
class Fruit:
    def __init__(self, price):
        self.price = price
    def cost(self):
        return self.price
def kinds(things):
    return [type(each) for each in things]
"""
ANSWER = (
    "from shop_of_fruit import Fruit\nbasket = [Fruit(3)]\ndef total(fruits):\n    return sum(f.cost() for f in fruits)"
)
TEST = "from shop_of_fruit import Fruit, kinds\nassert total([Fruit(1), Fruit(2)]) == 3\nassert Fruit in kinds(basket)"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a lab with a module of its own."""
    (tmp_path / "shop_of_fruit.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "shop_of_fruit", raising=False)
    return tmp_path


def test_objects_of_a_module_of_the_labs_cross(kernels: str, shop: Path) -> None:
    path = f"import sys\nsys.path.insert(0, {str(shop)!r})"
    master = room.notebook(("given", path), ("solution", ANSWER), ("test", TEST))
    points, messages, profiles = room.behind(kernels, master, [ANSWER], folder=shop)
    assert points == [4.0], messages
    for instead in ("f.price * 2 for f", "0 for f"):
        wrong = ANSWER.replace("f.cost() for f", instead)
        assert (
            room.behind(kernels, master, [wrong], profiles, shop)[0] == room.beside(kernels, master, [wrong]) == [0.0]
        )
    other = ANSWER.replace("[Fruit(3)]", "[type('Fruit', (), {})()]")
    assert room.behind(kernels, master, [other], profiles, shop)[0] == room.beside(kernels, master, [other]) == [0.0]


def test_what_a_module_of_the_labs_has_kept_does_not_reach_the_next_submission(kernels: str, shop: Path) -> None:
    (shop / "shop_of_fruit.py").write_text("sold = []\ndef sell(what):\n    sold.append(what)\n    return len(sold)")
    path = f"import sys\nsys.path.insert(0, {str(shop)!r})"
    test = "from shop_of_fruit import sell\nassert sell(fruit) == 1"
    master = room.notebook(
        ("given", path), ("solution", "fruit = 'apple'"), ("test", test), ("test", "assert sell(fruit) == 2")
    )
    for _ in range(2):
        points, messages, _ = room.behind(kernels, master, ["fruit = 'apple'"], folder=shop)
        assert points == [4.0, 4.0], messages


def test_an_object_of_a_class_of_the_tests_stays_here(kernels: str) -> None:
    """What only the test knows of, such as what is wanted, is in no object that the student's process holds."""
    master = room.notebook(
        ("solution", "def double(case):\n    return 2 * case.given"),
        ("test", "class Case:\n    given, wanted = 1, 2\ncase = Case()\nassert double(case) == case.wanted"),
    )
    points, messages, _ = room.behind(kernels, master, ["def double(case):\n    return case.wanted"])
    assert points == [0.0] and "TypeError" in messages[0]


def test_a_reply_makes_no_object_of_ours(shop: Path) -> None:
    """The student's process names objects that it was given, by their keys, and no others."""
    given = GivenClasses(shop)
    for key, origin in ((-1, ["shop_of_fruit", "Fruit"]), (1, ["shop_of_fruit", "Fruit"]), (1, [])):
        values = Values(lambda value: [], refuse, 1)
        numbers = [1, 2]
        assert values.key(numbers) == 1
        with pytest.raises(ValueError):
            values.decode(["instance", key, origin, ["price"], [7]])
        assert numbers == [1, 2]
    assert given.find("shop_of_fruit", "Fruit") is None  # nothing is loaded because a reply names it


def refuse(name: str, parts: list[object]) -> None:
    raise ValueError(name)


def test_a_state_is_attributes_by_name() -> None:
    class Slots:
        __slots__ = ("a", "b")

    class Both(Slots):
        pass

    one, other = Both(), Both()
    one.a, one.c = 1, 3  # type: ignore[attr-defined]
    other.b = 2
    set_state(other, state_of(one))
    assert state_of(other) == {"a": 1, "c": 3} and not hasattr(other, "b")
    with pytest.raises(ValueError):
        set_state(one, {3: 1})  # type: ignore[dict-item]


def test_the_tools_of_every_lab_are_not_loaded_anew(course: Course) -> None:
    """They lie in the release beside the lab's own modules, and the grader asks through those that it has."""
    before = sys.modules["labtools"]
    forget_modules(course.release, ["labtools", "labtools.values"])
    assert sys.modules["labtools"] is before and "labtools.values" in sys.modules
