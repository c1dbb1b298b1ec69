"""The protections are what keeps attacks out: without them the same attacks succeed."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.bank import Entry, build, read_bank
from autograder.course import Course
from autograder.examine import Examiner
from autograder.intake import HandedIn
from autograder.limits import TimeLimits
from autograder.masters import is_test, read_notebook
from autograder.release import put_hidden_tests, run_notebook
from autograder.sandbox.warm import WarmServer

FIRST = "exercise1_gradient_descent"
FORGERIES = [
    "ast-transformer",
    "frame-walking",
    "gc-search",
    "patched-checks",
    "patched-torch-and-builtins",
    "run-code",
]


@pytest.mark.parametrize("name", FORGERIES)
def test_without_the_wall_a_forgery_gains_points(course: Course, tmp_path: Path, name: str) -> None:
    """The same notebook, run as nbgrader's own grader runs it: tests in the student's process."""
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/hostile") if each.name == f"forge-{name}"]
    path = tmp_path / "submitted.ipynb"
    path.write_text(build(entry, course)[FIRST])
    notebook = read_notebook(path)
    put_hidden_tests(notebook, read_notebook(course.source / f"{FIRST}.ipynb"))
    shutil.copytree(course.release, tmp_path, dirs_exist_ok=True)
    run_notebook(notebook, tmp_path)
    earned = sum(determine_grade(cell)[0] for cell in notebook.cells if is_test(cell))
    assert earned > sum(entry.points.values())


LOOK = """
import os

found = [path for path in {paths!r} if os.path.exists(path)]
found += [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()][:1]
print("FOUND", found)
"""


@pytest.mark.parametrize("unsafe", [False, True])
def test_without_the_sandbox_files_and_processes_are_in_sight(course: Course, tmp_path: Path, unsafe: bool) -> None:
    (tmp_path / "gradebook.db").write_text("grades")
    secrets = [str(course.source), str(course.home / "nbgrader_config.py"), str(tmp_path / "gradebook.db")]
    look = Entry("look", "", base="release", answers={"gradient-formula": LOOK.format(paths=secrets)})
    with WarmServer(course.release, unsafe=unsafe) as server:
        examiner = Examiner(course.source, course.release, "0", TimeLimits(), server.spec)
        result = examiner.examine("look", HandedIn({f"{FIRST}.ipynb": build(look, course)[FIRST].encode()}), "")
    outputs = [output for cell in nbformat.reads(result.written[FIRST], 4).cells for output in cell.get("outputs", [])]
    (text,) = [output.text for output in outputs if "FOUND" in output.get("text", "")]
    assert ("FOUND []" in text) is not unsafe
    assert all((secret in text) is unsafe for secret in secrets)


def test_without_a_second_chance_a_thread_left_behind_would_cost_others(course: Course) -> None:
    """A kernel in which four threads spin answers late, so a short limit is missed; a new kernel meets it."""
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/hostile") if each.name == "stop-threads"]
    with WarmServer(course.release) as server:
        limits = TimeLimits(cell_seconds=3, call_seconds=2)
        examiner = Examiner(course.source, course.release, "0", limits, server.spec)
        result = examiner.examine("threads", HandedIn({f"{FIRST}.ipynb": build(entry, course)[FIRST].encode()}), "")
    points = {name: cell.points for name, cell in result.notebooks[0].cells.items()}
    assert points["test-gradient-formula"] == 0 and points["test-explore"] == 2 and points["test-my-function"] == 3
