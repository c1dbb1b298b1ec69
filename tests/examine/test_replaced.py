"""What a test puts in the place of a library's attributes is gone after the cell, in both processes."""

import collections
import fractions
import textwrap

import pytest

from tests.examine import room

from labtools.objects import Objects

TEST = """
import collections, fractions, textwrap
textwrap.dedent = None
setattr(fractions, "an_addition", 1)
del collections.Counter.most_common
collections.Counter.elements = len
assert kept() is True
"""


@pytest.mark.parametrize("answer", ["def kept():\n    return True", "def kept():\n    return 3", "kept = 7"])
def test_what_a_test_replaces_does_not_reach_the_next(kernels: str, answer: str) -> None:
    before = textwrap.dedent, collections.Counter.most_common, collections.Counter.elements
    master = room.notebook(
        ("solution", "def kept():\n    return True"),
        ("test", TEST),
        ("solution", "import textwrap\ndef after():\n    return textwrap.dedent(' a')"),
        ("test", "import textwrap\nassert after() == 'a'"),
    )
    second = "import textwrap\ndef after():\n    return textwrap.dedent(' a')"
    points, messages, _ = room.behind(kernels, master, [answer, second])
    assert points == [4.0 if "True" in answer else 0.0, 4.0], messages
    assert (textwrap.dedent, collections.Counter.most_common, collections.Counter.elements) == before
    assert not hasattr(fractions, "an_addition")


def test_the_students_process_puts_back_what_a_lost_test_has_replaced() -> None:
    before = textwrap.dedent
    objects = Objects({}, lambda *_: None)
    objects.do(
        {"do": ["nothing"], "replaced": [[["textwrap", "", "dedent"], ["value", 3]], [["no_such", "", "x"], ["gone"]]]}
    )
    assert textwrap.dedent == 3
    objects.end()
    assert textwrap.dedent is before
