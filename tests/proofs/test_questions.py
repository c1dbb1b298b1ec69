"""Questions for a person, and the first items of their rubrics."""

import pytest

from autograder.course import Course
from autograder.proofs.questions import first_item, read_questions


def test_the_lab_has_three(course: Course) -> None:
    questions = {question.place.cell: question for question in read_questions(course)}
    assert list(questions) == ["keep-going", "q03", "q04"]
    proof = questions["q03"]
    assert proof.points == 2 and proof.kind == "markdown" and proof.stub == "YOUR ANSWER HERE"
    assert "Prove, in the cell below" in proof.text and "MARK SCHEME" not in proof.text + proof.scheme
    assert "1 point: σ is differentiated" not in proof.text and "1 point: σ is differentiated" in proof.scheme
    assert [points for points, _ in proof.items] == [1, 1, -0.5, 0]
    assert proof.items[0][1].startswith("σ is differentiated correctly")
    assert proof.items[0][1].endswith("e⁻ˣ / (1 + e⁻ˣ)².")  # lines that go on are part of the item


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("1 point: the formula is right", (1.0, "The formula is right")),
        ("1.5 points for the whole", (1.5, "The whole")),
        ("½ point – a start", (0.5, "A start")),
        ("Two points: both", (2.0, "Both")),
        ("Half a point less for a slip", (-0.5, "A slip")),
        ("1 point off: no reason is given", (-1.0, "No reason is given")),
        ("No point for a plot", (0.0, "No point for a plot")),
        ("Other ways get 2 points", None),
        ("1 pointless remark", None),
    ],
)
def test_lines_with_points_become_items(line: str, item: tuple[float, str] | None) -> None:
    assert first_item(line) == item
