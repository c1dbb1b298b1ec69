"""The wall is what keeps forgeries out: where tests run in the student's process, the same attacks gain points."""

import shutil
from pathlib import Path

import pytest
from nbgrader.utils import determine_grade

from autograder.check.bank import build, read_bank
from autograder.course import Course, is_test, read_notebook
from autograder.release.make import put_hidden_tests, run_notebook
from tests.protections.removals import Edit

pytestmark = pytest.mark.slow  # whole notebooks

FIRST = "exercise1_gradient_descent"
#: Without the wall, the exact types of plain data still refuse objects of the student's classes. These take them.
TAKE_OBJECTS = [
    Edit(
        "labtools/plaindata.py",
        "def plain(value: Any, lend: Callable[[Any], int] | None = None, depth: int = 0) -> Any:",
        "def plain(value, lend=None, depth=0):\n    return value\n",
    ),
    Edit(
        "labtools/plaindata.py",
        "def restore(data: Any, borrow: Callable[[int], Any] | None = None, depth: int = 0) -> Any:",
        "def restore(data, borrow=None, depth=0):\n    return data\n",
    ),
    Edit("labtools/expecting.py", "return [float(entry) for entry in flat]", "return list(flat)"),
    Edit(
        "labtools/expecting.py",
        "def _flatten(value: Any) -> list[Any]:",
        "def _flatten(value):\n    return list(value)\n",
    ),
]
FORGERIES: dict[str, list[Edit]] = {
    "always-equal": TAKE_OBJECTS,
    "ast-transformer": [],
    "frame-walking": [],
    "gc-search": [],
    "output": [],
    "overloaded-number": TAKE_OBJECTS,
    "patched-checks": [],
    "patched-torch-and-builtins": [],
    "reply": [],
    "run-code": [],
    "showtraceback": [],
    "tensor-subclass": TAKE_OBJECTS,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_without_the_wall_a_forgery_gains_points(course: Course, tmp_path: Path, name: str) -> None:
    """The same notebook, run as nbgrader's own grader runs it: tests in the student's process."""
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/hostile") if each.name == f"forge-{name}"]
    path = tmp_path / "submitted.ipynb"
    path.write_text(build(entry, course)[FIRST])
    notebook = read_notebook(path)
    put_hidden_tests(notebook, read_notebook(course.source / f"{FIRST}.ipynb"))
    shutil.copytree(course.release, tmp_path, dirs_exist_ok=True)
    if course.hidden.is_dir():
        shutil.copytree(course.hidden, tmp_path / "hidden" / course.lab)
    for edit in FORGERIES[name]:
        edit.make(tmp_path)
    run_notebook(notebook, tmp_path, tmp_path)
    earned = sum(determine_grade(cell)[0] for cell in notebook.cells if is_test(cell))
    assert earned > sum(entry.points.values())
