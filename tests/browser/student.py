"""A student at work in JupyterLab: open a notebook, write into cells, run all of them, read what they show."""

import contextlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError

from autograder.course import Course
from tests.browser.jupyter import TOKEN, jupyter

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


def open_notebook(page: Page, address: str, name: str, cells: Sequence[Any]) -> None:
    """Open a notebook and wait until it is there, and its kernel.

    JupyterLab calls a kernel idle before it has one, and forgets some of what it is asked for while it connects: so the
    first cell is run, again and again, until it has a number.
    """
    with page.expect_websocket(lambda socket: "/channels" in socket.url):
        page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={TOKEN}")
    page.locator(".jp-Notebook .jp-Cell").nth(len(cells) - 1).wait_for(state="attached")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(state="attached")
    first = prompts(page, cells)[0]
    before = first.inner_text()
    for _ in range(24):
        page.keyboard.press("Escape")
        with contextlib.suppress(TimeoutError):
            first.click(timeout=10_000)
            page.keyboard.press("Control+Enter")
            return wait_for_number(page, first, before, 10_000)
    raise TimeoutError(f"the kernel of {name} does not run its first cell")


def run_all(page: Page, cells: Sequence[Any]) -> None:
    """Run all cells, and wait for the last one."""
    last = prompts(page, cells)[-1]
    before = last.inner_text()
    page.keyboard.press("Escape")
    page.get_by_role("menubar").get_by_text("Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    wait_for_number(page, last, before, 240_000)


def prompts(page: Page, cells: Sequence[Any]) -> list[Locator]:
    """Where the numbers of the code cells stand."""
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    return [page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-InputPrompt") for number in code]


def wait_for_number(page: Page, prompt: Locator, before: str, milliseconds: float) -> None:
    """Wait until a cell has run once more."""
    page.wait_for_function(
        "([element, before]) => /\\[\\d+\\]/.test(element.innerText) && element.innerText != before",
        arg=[prompt.element_handle(), before],
        timeout=milliseconds,
    )


def outputs(page: Page, cells: Sequence[Any]) -> list[str]:
    """What each cell shows below it."""
    shown = []
    for number, cell in enumerate(cells):
        output = page.locator(".jp-Notebook .jp-Cell").nth(number).locator(".jp-Cell-outputWrapper")
        if cell.cell_type != "code" or not output.count():
            shown.append("")
            continue
        output.scroll_into_view_if_needed()
        shown.append(output.inner_text())
    return shown


def save(page: Page) -> None:
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
