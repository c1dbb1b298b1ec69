"""The worked solution in a browser: nothing is loaded, nothing sticks out on a phone, and it can be printed."""

import shutil
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.solution import make_solution
from tests.browser.conftest import Watched


@pytest.mark.slow
def test_the_solution_is_readable_everywhere(home: Path, tmp_path: Path, watched: Watched) -> None:
    for name in ("source", "hidden", "release"):
        shutil.copytree(home / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for path in make_solution(Course(tmp_path, tmp_path, "lab03")):
        page = watched.open(path)
        watched.screenshot(f"solution-{path.stem}", full_page=True)
        assert watched.barriers() == []
        page.set_viewport_size({"width": 390, "height": 800})
        watched.screenshot(f"solution-{path.stem}-phone", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        assert len(page.pdf()) > 50_000
        page.set_viewport_size({"width": 1100, "height": 1400})
    assert watched.trouble == []
