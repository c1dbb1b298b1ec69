"""Formgrader's own buttons run this engine: Generate makes the verified release, Autograde grades behind the wall."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from autograder.course import Course
from autograder.record import Writer
from autograder.release.new_lab import write_skeleton
from tests.browser.jupyter import TOKEN, jupyter, page_of, screenshot
from tests.test_ways_in import FORGED, LAB, RIGHT, write_answer

pytestmark = pytest.mark.slow  # JupyterLab


@pytest.fixture
def course(home: Path, tmp_path: Path) -> Course:
    """The skeleton lab, which nobody has released yet."""
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    course = Course(folder, folder, LAB)
    write_skeleton(course)
    return course


def press(page: Page, row: str, sign: str) -> str:
    """Press the button with this sign in the row of a table with this text. Returns what formgrader then says."""
    page.locator("#main-table tr", has_text=row).locator(f".glyphicon-{sign}").click()
    said = page.locator("#success-modal, #error-modal")
    said.wait_for(timeout=240_000)
    text = said.inner_text()
    said.locator(".modal-footer button").click()
    said.wait_for(state="detached")
    return text


def score(page: Page, student: str) -> float:
    """The score that the table of submissions shows."""
    cell = page.locator("#main-table tr", has_text=student).locator(".score")
    page.wait_for_function("cell => cell.textContent.includes('/')", arg=cell.element_handle())
    return float(cell.inner_text().split("/")[0])


def test_the_buttons_of_formgrader_run_this_engine(course: Course, browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    trouble: list[str] = []
    with (
        jupyter(course.root, home, "--LabApp.default_url=/formgrader") as address,
        page_of(browser, trouble) as page,
    ):
        page.goto(f"{address}/formgrader/manage_assignments?token={TOKEN}")
        said = press(page, LAB, "education")
        assert "Successfully created the student version" in said and f"release/{LAB}: made anew" in said
        assert (course.release / "labtools/manifest.json").is_file()  # only this kit's release has it

        write_answer(course, course.submission("s01-right"), RIGHT)
        write_answer(course, course.submission("hostile-forged"), FORGED.replace("x * x", "x"))
        page.goto(f"{address}/formgrader/manage_submissions/{LAB}")
        for student in ("s01-right", "hostile-forged"):
            said = press(page, student, "flash")
            assert "Successfully autograded" in said and "1 graded, 0 unchanged" in said
        shown = {student: score(page, student) for student in ("s01-right", "hostile-forged")}
        screenshot(page, "formgrader-buttons")
    assert trouble == []
    with Writer(course) as writer:
        for student, points in shown.items():
            result = writer.result(student)  # only this engine keeps one
            assert result is not None
            assert points == sum(cell.points or 0 for book in result.notebooks for cell in book.cells.values())
    assert shown["s01-right"] > shown["hostile-forged"]
    assert not list(course.root.rglob("was-here"))
