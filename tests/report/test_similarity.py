"""Similar answers are found where they say something, and only there. Graded notebooks are made here, nothing runs."""

import json

import nbformat
import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, CourseError
from autograder.report.similarity import marks, read_answers, released, similar_pairs, write_similarity

FIRST = "exercise1_gradient_descent"
ODD = """
class GradientDescentOptimizer:
    def __init__(self, func, max_steps, alpha):
        self.rest = [func, max_steps, alpha]

    def __call__(self, x):
        func, left, rate = self.rest
        here, before = x.detach().clone(), None
        while left > 0 and (before is None or abs(before - here).max() > 1e-9 * rate):
            before = here.clone()
            here = here.requires_grad_()
            func.apply(here).backward()
            here = (here - rate * here.grad).detach()
            left = left - 1
        return here
"""
RENAMED = ODD.replace("here", "position").replace("left", "todo").replace("rate", "lr").replace("rest", "setup")
PROOF = "Nothing moves any more, dear reader, for the slope has gone to sleep at (8, 4) and wakes up for nobody."


def answered(course: Course, name: str, **answers: str) -> None:
    """Put a graded notebook in place without running it."""
    entry = Entry(name=name, about="", answers={key.replace("_", "-"): text for key, text in answers.items()})
    folder = course.autograded(name)
    folder.mkdir(parents=True)
    for notebook, text in build(entry, course).items():
        (folder / f"{notebook}.ipynb").write_text(text)


@pytest.fixture
def many(empty: Course) -> Course:
    """Ten students with the same right answers, and two who share an unusual one."""
    for number in range(10):
        answered(empty, f"s{number:02}")
    answered(empty, "s10-odd", optimizer=ODD, keep_going=PROOF)
    answered(empty, "s11-odd-renamed", optimizer=RENAMED, keep_going="As we know: " + PROOF)
    return empty


def test_a_copy_is_found_under_other_names_and_the_usual_answers_are_not(many: Course) -> None:
    path, count = write_similarity(many)
    text = path.read_text()
    assert count == 2 and "s10-odd and s11-odd-renamed" in text
    assert "s00" not in text and "<script>" in text
    assert not many.gradebook.exists()


def test_only_answers_are_compared_and_the_skeleton_is_left_out(many: Course) -> None:
    students = ["s10-odd", "s11-odd-renamed"]
    given = released(many, FIRST, "code")
    answers = read_answers(many, FIRST, {"code": given}, students)
    (pair,) = similar_pairs(FIRST, "code", answers["code"], given)
    assert pair.kind == "code" and pair.length > 200
    shown = " ".join(pair.answers)
    assert "<mark>" in shown and "labtools.Checks" not in shown and "draw_contours" not in shown
    blank = Entry(name="blank", about="", base="release")
    for name in students:
        (many.autograded(name) / f"{FIRST}.ipynb").write_text(build(blank, many)[FIRST])
    assert read_answers(many, FIRST, {"code": given}, students) == {"code": {name: {} for name in students}}


def test_a_notebook_that_was_saved_line_by_line_is_read_as_it_was(many: Course) -> None:
    stubs = {kind: released(many, FIRST, kind) for kind in ("code", "markdown")}
    path = many.autograded("s10-odd") / f"{FIRST}.ipynb"
    before = read_answers(many, FIRST, stubs, ["s10-odd"])
    assert before["code"]["s10-odd"]["optimizer"].strip() == ODD.strip()
    assert PROOF in before["markdown"]["s10-odd"]["keep-going"]
    nbformat.write(nbformat.read(path, as_version=4), path)
    assert isinstance(json.loads(path.read_text())["cells"][0]["source"], list)
    assert read_answers(many, FIRST, stubs, ["s10-odd"]) == before


def test_code_of_students_stays_text() -> None:
    assert marks("<b>x</b> & y", [[0, 3], [3, 4]]) == "<mark>&lt;b&gt;</mark><mark>x</mark>&lt;/b&gt; &amp; y"


def test_it_says_when_there_is_nothing_to_compare(empty: Course) -> None:
    with pytest.raises(CourseError, match="no two graded submissions"):
        write_similarity(empty)
