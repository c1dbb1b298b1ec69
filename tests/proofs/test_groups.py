"""Groups of answers: what belongs together, what does not, and that no text makes it slow."""

from collections.abc import Callable

import pytest

from autograder.proofs.groups import Group, group_answers
from autograder.proofs.notation import plain

PROOF = r"$$\sigma'(x) = \frac{e^{-x}}{(1+e^{-x})^2} = \sigma(x)(1-\sigma(x))$$"


def kinds(groups: list[Group]) -> list[tuple[str, set[str]]]:
    return [(group.kind, set(group.students)) for group in groups]


@pytest.mark.parametrize(
    "other",
    [
        r"$\sigma'(x)=\dfrac{e^{-x}}{\left(1+e^{-x}\right)^{2}}=\sigma(x)\,\bigl(1-\sigma(x)\bigr)$.",
        r"\[ \sigma'(x) = \frac{e^{-x}}{(1 + e^{-x})^2} = \sigma(x) (1 - \sigma(x)) \]",
        r"\begin{align*} \sigma'(x) &= \frac{e^{-x}}{(1+e^{-x})^2} \\ &= \sigma(x)(1-\sigma(x)) \end{align*}",
    ],
)
def test_white_space_and_notation_make_no_difference(other: str) -> None:
    assert kinds(group_answers({"s01": PROOF, "s02": other}, set())) == [("equal", {"s01", "s02"})]


def test_nothing_written_is_one_group() -> None:
    answers = {
        "s01": "",
        "s02": " \n\n",
        "s03": "YOUR ANSWER HERE",
        "s04": "**...**",
        "s05": "<div></div>",
        "s06": "no",
    }
    found = kinds(group_answers({**answers, "s07": "$$ $$"}, set(), "YOUR ANSWER HERE"))
    assert found == [("empty", {"s01", "s02", "s03", "s04", "s05", "s07"}), ("single", {"s06"})]


def test_most_formulas_in_common_is_a_suggestion() -> None:
    near = PROOF.replace("e^{-x}}{", "2e^{-x}}{")
    far = r"$$\tanh'(x) = 1 - \tanh(x)^2 \text{ since } \cosh^2 x - \sinh^2 x = 1$$"
    answers = {"s01": f"By the chain rule {PROOF}", "s02": f"So: {near}", "s03": far}
    assert kinds(group_answers(answers, set())) == [("similar", {"s01", "s02"}), ("single", {"s03"})]


def test_words_alone_are_alike_only_if_they_are_the_same() -> None:
    answers = {"s01": "Nothing moves.", "s02": "nothing  moves", "s03": "Nothing moves here."}
    assert kinds(group_answers(answers, set())) == [("equal", {"s01", "s02"}), ("single", {"s03"})]


def test_who_was_taken_out_stands_alone() -> None:
    answers = {"s01": PROOF, "s02": PROOF, "s03": PROOF}
    assert kinds(group_answers(answers, {"s02"})) == [("equal", {"s01", "s03"}), ("single", {"s02"})]


def test_two_answers_with_other_signs_are_not_equal() -> None:
    assert plain("$1 - x$") != plain("$1 + x$") and plain("$x^{12}$") != plain("$x^12$")
    assert plain("a picture ![one](attachment:picture-1.png)") != plain("a picture ![one](attachment:picture-2.png)")


@pytest.mark.parametrize("piece", ["$", "\\[", "\\begin{align}", "<", "{", "\\left(", "$$", "^{", "'", "\\frac", "−"])
def test_time_grows_with_the_length(growth_of: Callable, piece: str) -> None:
    def group(length: int) -> None:
        group_answers({f"s{number:03}": f"{number} {piece * (length // len(piece))}" for number in range(10)}, set())

    assert growth_of(group, 4_000) < 8
