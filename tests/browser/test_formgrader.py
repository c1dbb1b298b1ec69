"""A teaching assistant grades a proof in formgrader; a regrade leaves what was entered."""

import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, Response

from autograder.check import hand_in, read_bank
from autograder.course import Course
from autograder.grade import autograde
from autograder.release import generate, make_release
from autograder.release.new_lab import TEMPLATE, write_skeleton
from tests.browser.jupyter import TOKEN, jupyter, page_of, screenshot

pytestmark = pytest.mark.slow  # JupyterLab


@pytest.fixture(scope="module")
def course(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The skeleton lab with two graded submissions."""
    root = tmp_path_factory.mktemp("course")
    course = Course(root, root, "lab04")
    shutil.copy(home / "nbgrader_config.py", root)
    write_skeleton(course)
    course.release.parent.mkdir()
    generate(course, root / "new").rename(course.release)
    for entry in read_bank(TEMPLATE / "class"):
        hand_in(entry, course)
    assert autograde(course).needs_person == 2
    return course


def proof(course: Course, student: str) -> tuple:
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade("why", "exercise1", "lab04", student)
        comment = gradebook.find_comment("why", "exercise1", "lab04", student)
        return grade.manual_score, bool(grade.needs_manual_grade), comment.comment


def grade(page: Page, address: str, points: str, comment: str) -> None:
    """What a TA does: from the list of labs to the first submission, read, give points and a comment."""
    page.goto(f"{address}/?token={TOKEN}")
    page.get_by_role("link", name="Manual Grading").click()
    page.get_by_role("link", name="lab04").click()
    page.get_by_role("link", name="exercise1").click()
    page.get_by_role("link", name="Submission #1").click()
    page.locator("#why_extra_credit[placeholder]").wait_for()  # the page is ready when it knows the grades
    page.locator("#why-comment[placeholder]").wait_for()
    text = page.locator("#notebook-container").first.inner_text()
    assert "1 point: the two factors have the same sign" in text  # the marking scheme
    assert "Both factors have the same sign, so the product is positive" in text  # the answer
    box = page.locator("#notebook-container math").first.bounding_box()
    assert box is not None and box["width"] > 10 and box["height"] > 5  # a formula, without MathJax
    for place, entry, kind in (("#why.score", points, "grade"), ("#why-comment", comment, "comment")):
        with page.expect_response(lambda answer, kind=kind: is_saved(answer, kind)):  # formgrader saves by itself
            page.locator(place).fill(entry)
            page.locator(place).blur()


def is_saved(answer: Response, kind: str) -> bool:
    return f"/formgrader/api/{kind}/" in answer.url and answer.request.method == "PUT" and answer.ok


def test_a_proof_is_graded_and_survives_a_regrade(course: Course, browser: Browser, tmp_path: Path) -> None:
    trouble: list[str] = []
    with (
        jupyter(course.root, tmp_path, "--LabApp.default_url=/formgrader") as address,
        page_of(browser, trouble) as page,
    ):
        grade(page, address, "1.5", "Name zero as well.")
        screenshot(page, "formgrader")
        page.locator("#why-comment").focus()
        page.keyboard.press("Escape")  # formgrader's own shortcut: leave the field
        assert page.evaluate("document.activeElement === document.body")
        student = next(name for name in ("s01-right", "s02-double") if proof(course, name)[0] is not None)
        assert proof(course, student) == (1.5, False, "Name zero as well.")
    assert trouble == []
    judge = course.hidden / "square.py"
    judge.write_text(judge.read_text().replace("range(5)", "range(6)"))
    make_release(course)
    counts = autograde(course)
    assert (counts.graded, counts.needs_person) == (2, 1)
    assert proof(course, student) == (1.5, False, "Name zero as well.")
