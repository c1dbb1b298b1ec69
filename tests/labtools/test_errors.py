"""Errors of the student's code in words, limits of time in a notebook, and answers that are stale or not written."""

import contextlib
import io
import json
import linecache
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

import labtools
from labtools import asking, stale
from labtools.stale import bound
from labtools.unwritten import is_unwritten

LOST = "def f(x):\n    y = x.detach() ** 2\n    y.backward()"
IN_PLACE = "def f(x):\n    x = x.clone().requires_grad_()\n    x -= 1"
TWICE = "def f(x):\n    y = x.requires_grad_() ** 2\n    y.backward()\n    y.backward()"


def define(source: str, name: str = "f") -> Any:
    """What a notebook's cell defines under a name."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "__main__", "torch": torch}
    exec(compile(source, file, "exec"), names)
    return names[name]


def told(function: Any, *arguments: Any) -> str:
    """What a check says that needs a number of this function."""
    checks = labtools.Checks(points=1)
    checks.check("it gives a number", 1)(
        lambda: labtools.numbers(labtools.call_many(function, [arguments])[0]) and None
    )
    with contextlib.redirect_stdout(io.StringIO()):
        checks.score()
    return checks.results[0].message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(x):\n    return 2(x - 1)", ["TypeError", "line 2, in `f`: `return 2(x - 1)`", "is a `*` missing?"]),
        (LOST, ["line 3", "needs `requires_grad=True`"]),
        (IN_PLACE, ["`x -= 1`", "with torch.no_grad():"]),
        (TWICE, ["line 4", "compute the value anew"]),
        ("import math\ndef f(x):\n    return math.exp(torch.ones(2) * x)", ["`torch.exp`"]),
        ("def f(x):\n    return x * None", ["is None"]),
    ],
)
def test_an_error_has_a_place_and_a_meaning(source: str, words: list[str]) -> None:
    message = told(define(source), torch.tensor(3.0))
    assert all(word in message for word in words), message


def test_the_place_is_the_innermost_line_of_the_notebook() -> None:
    message = told(define("def g(x):\n    return torch.stack(x)\ndef f(x):\n    return g(x)"), 1.0)
    assert "line 2, in `g`: `return torch.stack(x)`" in message


def test_an_endless_answer_is_interrupted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    message = told(define("def f(x):\n    while True:\n        x = x + 1"), 1.0)
    assert "took longer than 0.2 seconds, in line" in message and "in `f`" in message


def test_an_interrupt_by_hand_is_told() -> None:
    def interrupted(x):
        raise KeyboardInterrupt

    assert "it was interrupted" in told(interrupted, 1.0)


@pytest.mark.parametrize(
    ("source", "unwritten"),
    [
        ('def f(x):\n    """Text."""\n    pass', True),
        ("def f(x): return None", True),
        ("def f(x): return 1", False),
        ("def f(x): print(x)", False),
        ("class f:\n    def __init__(self): self.a = 1\n    def __call__(self): pass", True),
        ("class f:\n    @staticmethod\n    def forward(x): pass\n    @staticmethod\n    def backward(x): pass", True),
        ("class f:\n    @staticmethod\n    def forward(x): return x\n    def backward(x): pass", False),
        ("class f:\n    pass", False),
        ("f = None", False),
    ],
)
def test_what_is_not_written_is_seen(source: str, unwritten: bool) -> None:
    answer = define(source)
    assert is_unwritten(answer) is unwritten
    assert (told(answer, 1.0) == "Not written yet: `f`.") is unwritten


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A notebook with an answer `gradient`, in which labtools was imported."""
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr(stale, "names_of_answers", lambda: frozenset(["gradient", "points"]))
    monkeypatch.setattr(stale, "watching", False)
    stale.watch()
    yield shell
    stale.stale.clear()


CHECK = """
import labtools
checks = labtools.Checks(1)
@checks.check("it is 1", 1)
def _():
    labtools.expect_close(labtools.call_many(gradient, [()]), [1], "It is not 1.")
checks.score()
message = checks.results[0].message
"""


def run(shell: InteractiveShell, *cells: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in [*cells, CHECK]:
            shell.run_cell(cell)
    return shell.user_ns["message"]


def test_an_answer_whose_cell_ended_in_an_error_is_not_judged_by_what_it_defined_before(
    shell: InteractiveShell,
) -> None:
    right = "def gradient(): return 1"
    assert run(shell, right) == ""
    assert "ended in SyntaxError" in run(shell, "def gradient() return 2")
    assert run(shell, right) == ""
    assert "ended in ZeroDivisionError" in run(shell, "1 / 0\ndef gradient(): return 2")
    assert run(shell, right, "number = 1 / 0", "x = (1") == ""  # other cells than that of the answer
    assert "not 1" in run(shell, "def gradient(): return 2\ngradient(3)")  # it was defined before the error


def test_names_are_found_in_cells_that_cannot_be_parsed() -> None:
    assert bound("def f(x) return 1\nclass G(:\npoints = [(1, 2)\na, b = 1, 2\nif a == 3: pass") >= {
        "f",
        "G",
        "points",
        "a",
        "b",
    }


def test_the_release_knows_the_names_of_its_answers(course) -> None:  # type: ignore[no-untyped-def]
    cells = json.loads((course.release / "labtools/manifest.json").read_text())["notebooks"].values()
    names = {name for each in cells for cell in each for name in cell.get("names", [])}
    assert {"gradient", "points", "MyFunction", "dL_dx1", "my_steps"} <= names and "x" not in names


def test_asides_bear_on_no_points_and_are_run_in_notebooks_only(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def score() -> float:
        checks = labtools.Checks(points=1)
        checks.check("passes", 1)(lambda: None)
        checks.aside(lambda: labtools.expect(False, "see here"))
        checks.aside(lambda: "a line")
        return checks.score()

    assert score() == 1 and "[look]   see here\na line\n" in capsys.readouterr().out
    monkeypatch.setattr(asking, "bridge", lambda *_: [])
    assert score() == 1 and "here" not in capsys.readouterr().out


def test_points_are_shown_once(capsys: pytest.CaptureFixture) -> None:
    checks = labtools.Checks(points=1)
    checks.check("passes", 1)(lambda: None)
    score = checks.score()
    assert (score, repr(score), score._repr_html_()) == (1, "1.0", "")  # type: ignore[attr-defined]
