"""A student opens each released notebook in JupyterLab, writes the answers, runs all cells and sees the checks pass."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograder.course import Course, grade_id, is_solution, is_test, open_course, read_notebook, solution
from autograder.intake import take_in
from tests.browser.jupyter import page_of, screenshot
from tests.browser.student import lab, open_notebook, outputs, run_all, save, write  # noqa: F401 (a fixture)
from tests.conftest import HOME

pytestmark = pytest.mark.slow  # JupyterLab


@pytest.mark.parametrize("name", open_course("lab03", HOME).notebooks())
def test_a_student_solves_a_notebook(
    course: Course,
    lab: tuple[Path, str],  # noqa: F811
    browser: Browser,
    name: str,
) -> None:
    folder, address = lab
    released = read_notebook(course.release / f"{name}.ipynb")
    master = read_notebook(course.source / f"{name}.ipynb")
    answers = {grade_id(cell): solution(cell.source) for cell in master.cells if is_solution(cell)}
    trouble: list[str] = []
    with page_of(browser, trouble) as page:
        open_notebook(page, address, name, released.cells)
        for number, cell in enumerate(released.cells):
            if is_solution(cell):
                write(page, number, cell.cell_type, answers[grade_id(cell)])
        run_all(page, released.cells)
        shown = {
            grade_id(cell): text for cell, text in zip(released.cells, outputs(page, released.cells)) if is_test(cell)
        }
        screenshot(page, f"student-{name}")
        save(page)
    for test, text in shown.items():
        assert "[passed]" in text and "[failed]" not in text, f"{test}: {text}"
        assert re.search(r"\d of \d+ points", text), f"{test}: {text}"
    taken = take_in((folder / f"{name}.ipynb").read_bytes(), master, released)  # what a grader makes of the saved file
    assert (taken.repairs, taken.unwritten) == ([], set())
    written = {grade_id(cell): cell.source for cell in taken.notebook.cells if is_solution(cell)}
    assert written == answers
    assert trouble == []
