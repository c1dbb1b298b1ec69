"""A student opens each released notebook in JupyterLab, writes the answers, runs all cells and sees the checks pass."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from autograder.course import Course, grade_id, is_solution, is_test, open_course, read_notebook, solution
from autograder.intake import take_in
from tests.browser.jupyter import TOKEN, jupyter, page_of, screenshot
from tests.conftest import HOME

pytestmark = pytest.mark.slow  # JupyterLab

#: All cells are in the page, not only those in sight; and no question about news.
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@pytest.fixture(scope="module")
def lab(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The release as a student has it: a folder by itself, with JupyterLab in it."""
    folder = tmp_path_factory.mktemp("student") / course.lab
    shutil.copytree(course.release, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    home = tmp_path_factory.mktemp("home")
    for name, settings in SETTINGS.items():
        path = home / ".jupyter/lab/user-settings/@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings))
    with jupyter(folder, home, f"--notebook-dir={folder}") as address:
        yield folder, address


def write(page: Page, number: int, kind: str, text: str) -> None:
    """Replace what stands in a cell, as with the keyboard."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(number)
    cell.scroll_into_view_if_needed()
    if kind == "markdown":
        cell.locator(".jp-RenderedMarkdown").dblclick()
    editor = cell.locator(".cm-content")
    editor.click()
    editor.fill(text)
    if kind == "markdown":
        page.keyboard.press("Shift+Enter")


@pytest.mark.parametrize("name", open_course("lab03", HOME).notebooks())
def test_a_student_solves_a_notebook(course: Course, lab: tuple[Path, str], browser: Browser, name: str) -> None:
    folder, address = lab
    released = read_notebook(course.release / f"{name}.ipynb")
    master = read_notebook(course.source / f"{name}.ipynb")
    answers = {grade_id(cell): solution(cell.source) for cell in master.cells if is_solution(cell)}
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}")
        page.locator(".jp-Notebook .jp-Cell").nth(len(released.cells) - 1).wait_for(state="attached")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
        for number, cell in enumerate(released.cells):
            if is_solution(cell):
                write(page, number, cell.cell_type, answers[grade_id(cell)])
        page.get_by_role("menubar").get_by_text("Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        last = max(number for number, cell in enumerate(released.cells) if cell.cell_type == "code")
        prompt = page.locator(".jp-Notebook .jp-Cell").nth(last).locator(".jp-InputPrompt")
        page.wait_for_function("element => /\\[\\d+\\]/.test(element.innerText)", arg=prompt.element_handle())
        shown = {}
        for number, cell in enumerate(released.cells):
            if is_test(cell):
                output = page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-Cell-outputWrapper")
                output.scroll_into_view_if_needed()
                shown[grade_id(cell)] = output.inner_text()
        screenshot(page, f"student-{name}")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    for test, text in shown.items():
        assert "[passed]" in text and "[failed]" not in text, f"{test}: {text}"
        assert re.search(r"\d of \d+ points", text), f"{test}: {text}"
    taken = take_in((folder / f"{name}.ipynb").read_bytes(), master, released)  # what a grader makes of the saved file
    assert (taken.repairs, taken.unwritten) == ([], set())
    written = {grade_id(cell): cell.source for cell in taken.notebook.cells if is_solution(cell)}
    assert written == answers
    assert trouble == []
