"""What a test puts in the place of a library's attributes is gone after the cell, in both processes."""

import colorsys
import fractions

import pytest

from tests.examine import room

from labtools.objects import Objects

TEST = """
import fractions, colorsys
colorsys.rgb_to_hsv = None
setattr(fractions, "an_addition", 1)
del fractions.Fraction.limit_denominator
fractions.Fraction.as_integer_ratio = len
assert kept() is True
"""


@pytest.mark.parametrize(
    "answer",
    ["def kept():\n    return True", "def kept():\n    return 3", "kept = 7"],
    ids=["right", "wrong", "number"],
)
def test_what_a_test_replaces_does_not_reach_the_next(kernels: str, answer: str) -> None:
    before = colorsys.rgb_to_hsv, fractions.Fraction.limit_denominator, fractions.Fraction.as_integer_ratio
    master = room.notebook(
        ("solution", "def kept():\n    return True"),
        ("test", TEST),
        ("solution", "import colorsys\ndef after():\n    return colorsys.rgb_to_hsv(1, 1, 1)"),
        ("test", "import colorsys\nassert after() == (0, 0, 1)"),
    )
    second = "import colorsys\ndef after():\n    return colorsys.rgb_to_hsv(1, 1, 1)"
    points, messages, _ = room.behind(kernels, master, [answer, second])
    assert points == [4.0 if "True" in answer else 0.0, 4.0], messages
    assert (colorsys.rgb_to_hsv, fractions.Fraction.limit_denominator, fractions.Fraction.as_integer_ratio) == before
    assert not hasattr(fractions, "an_addition")


def test_the_students_process_puts_back_what_a_lost_test_has_replaced() -> None:
    before = colorsys.rgb_to_hsv
    objects = Objects({}, lambda *_: None)
    objects.do(
        {
            "do": ["nothing"],
            "replaced": [[["colorsys", "", "rgb_to_hsv"], ["value", 3]], [["no_such", "", "x"], ["gone"]]],
        }
    )
    assert colorsys.rgb_to_hsv == 3
    objects.end()
    assert colorsys.rgb_to_hsv is before
