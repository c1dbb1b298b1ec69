"""The check of derivations on proofs as students write them: it never calls a right one wrong."""

import os
import threading
import tomllib
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.proofs.checker import Checker
from autograder.proofs.derivation import Step, check
from autograder.proofs.questions import read_questions

BANK = tomllib.loads((Path(__file__).parent / "derivations.toml").read_text())["proof"]
RIGHT = [entry for entry in BANK if "fails" not in entry]
WRONG = [entry for entry in BANK if "fails" in entry]
SIGMA = r"where $\sigma(x) = \frac{1}{1 + e^{-x}}$."


@pytest.fixture(scope="module")
def steps(course: Course) -> dict[str, list[Step]]:
    """What the check says about each proof of the bank."""
    questions = {question.place.cell: question.text for question in read_questions(course)}
    return {entry["name"]: check(questions[entry["question"]], entry["text"]) for entry in BANK}


def first_that_fails(steps: list[Step]) -> str | None:
    return next(("".join(step.right.split()) for step in steps if step.state == "fails"), None)


@pytest.mark.parametrize("entry", RIGHT, ids=lambda entry: entry["name"])
def test_a_right_proof_is_never_marked(steps: dict[str, list[Step]], entry: dict[str, str]) -> None:
    assert first_that_fails(steps[entry["name"]]) is None


@pytest.mark.parametrize("entry", WRONG, ids=lambda entry: entry["name"])
def test_the_mistake_is_marked(steps: dict[str, list[Step]], entry: dict[str, str]) -> None:
    assert first_that_fails(steps[entry["name"]]) == entry["fails"]


def test_most_right_proofs_with_formulas_are_read(steps: dict[str, list[Step]]) -> None:
    read = [any(step.state == "holds" for step in steps[each["name"]]) for each in RIGHT]
    assert len(BANK) >= 40 and len(WRONG) >= 15 and sum(read) >= 20


@pytest.mark.parametrize(
    "text",
    [
        "$x = 3$, $f'(x) = 0$, $\\sigma(x) = 0$",  # conditions
        "$\\frac{1}{2} = a$, $b = c$, $b = d$",  # names that nothing defines, or twice
        "$\\sigma''(x) = 1 + x$, $\\sigma^{(2)}(x) = 1 + x$, $\\int_0^x t\\,dt = x$, $\\lim_{h \\to 0} h = 1 + x$",
        "$|x| = x + 1$, $x! = x + 1$, $x \\approx x + 1$, $\\sum_{i=1}^3 x = x + 1$",
        "$\\begin{matrix} x \\end{matrix} = x + 1$",
        "$\\text{the derivative} = x + 1$, $x_1 + x_2 = x + 1$, $f(x, y) = x + 1 = x$",
        "$1/x = 1/x+0 = (1/x) = \\sqrt{-x^2-1}$",
    ],
)
def test_what_is_not_a_chain_of_known_names_is_not_marked(text: str) -> None:
    assert first_that_fails(check(SIGMA, text)) is None


HOSTILE = [
    "$10^{10^{10^{10}}} = x + 1 = x$",
    "$" + "(" * 190 + "x" + ")" * 190 + " = x + 1 = x$",
    "$" + "\\frac{x}{" * 40 + "x" + "}" * 40 + " = x + 1$",
    "$f = g$, $g = f$, $f = x + 1 = x$",
    "$" + " = ".join(["x + 1"] * 5000) + "$",
    "$\\exp(\\exp(\\exp(\\exp(x)))) = x$",
    "$x^{x^{x^{x^{x^{x}}}}} = x + 1$",
    "$x" + "'" * 300 + " = x$",
]


def test_hostile_formulas_end_soon_and_who_takes_too_long_is_given_up() -> None:
    checker = Checker(seconds=20)
    try:
        assert None not in [checker.check(SIGMA, text) for text in HOSTILE]
        checker.seconds = 0.001
        assert checker.check(SIGMA, "$\\sigma(x) = \\sigma(x)(1-\\sigma(x))$" * 8) is None
        checker.seconds = 20
        after = checker.check(SIGMA, "$\\sigma(-x) = 1 - \\sigma(x)$")
    finally:
        checker.close()
    assert after == [{"left": "\\sigma(-x)", "right": "1 - \\sigma(x)", "state": "holds"}]


def test_a_check_that_waits_ends_when_the_page_is_closed() -> None:
    checker = Checker()
    found = []
    waiting = threading.Thread(target=lambda: found.append(checker.check(SIGMA, "$\\sigma(x) = x$")))
    waiting.start()
    checker.close()
    waiting.join(20)
    assert not waiting.is_alive() and found == [None]


def test_ctrl_c_does_not_reach_the_reader() -> None:
    """It goes to all processes of the terminal's session, and would make this one print a traceback."""
    checker = Checker()
    try:
        assert checker.check(SIGMA, "$\\sigma(x) = x$") is not None
        assert checker._process is not None and os.getsid(checker._process.pid) == checker._process.pid
    finally:
        checker.close()


def test_nothing_of_an_answer_is_executed(tmp_path: Path) -> None:
    here = tmp_path / "here"
    for code in (f"__import__('os').system('touch {here}')", f"open('{here}','w')", f"\\input{{{here}}}"):
        check(SIGMA, f"${code} = x = \\text{{{code}}}$")
    assert not here.exists()
