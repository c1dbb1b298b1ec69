"""The protections are what keeps attacks out: without them the same attacks succeed."""

import os
import shutil
import socket
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.bank import Entry, build, read_bank
from autograder.course import Course
from autograder.intake import HandedIn
from autograder.limits import TimeLimits
from autograder.masters import is_test, read_notebook
from autograder.release import put_hidden_tests, run_notebook
from autograder.results import SubmissionResult
from autograder.sandbox.limits import Limits
from autograder.station import Setting, Station

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
import socket

found = [path for path in {paths!r} if os.path.exists(path)]


def able(what, attempt):
    try:
        attempt()
        found.append(what)
    except OSError:
        pass


able("sees other processes", lambda: next(os.scandir(f"/proc/{{os.getppid()}}")))
able("writes the gradebook", lambda: open({paths!r}[-1], "a").close())
able("has a network", lambda: socket.create_connection(("127.0.0.1", {port}), timeout=2))
able("signals the grader", lambda: os.kill({pid}, 0))
if "{secret}" in os.environ:
    found.append("has the grader's environment")
print("FOUND", found)
"""


@pytest.mark.parametrize("unsafe", [False, True])
def test_without_the_sandbox_everything_is_in_reach(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unsafe: bool
) -> None:
    """The same look around: it finds nothing in the sandbox, and all that it looks for without."""
    (tmp_path / "gradebook.db").write_text("grades")
    secrets = [str(course.source), str(course.home / "nbgrader_config.py"), str(tmp_path / "gradebook.db")]
    monkeypatch.setenv("GRADER_SECRET", "1")
    setting = Setting(course.source, course.release, "0", TimeLimits(), Limits(), unsafe)
    with socket.create_server(("127.0.0.1", 0)) as listener, Station(setting, 1) as station:
        told = {"paths": secrets, "port": listener.getsockname()[1], "pid": os.getpid(), "secret": "GRADER_SECRET"}
        look = Entry("look", "", base="release", answers={"gradient-formula": LOOK.format(**told)})
        handed = HandedIn({f"{FIRST}.ipynb": build(look, course)[FIRST].encode()})
        result = SubmissionResult.from_json(station.examine("look", handed, ""))
    outputs = [output for cell in nbformat.reads(result.written[FIRST], 4).cells for output in cell.get("outputs", [])]
    (text,) = [output.text for output in outputs if "FOUND" in output.get("text", "")]
    assert ("FOUND []" in text) is not unsafe
    everything = [*secrets, "sees other processes", "writes the gradebook", "has a network", "signals the grader"]
    assert [what for what in everything if what in text] == (everything if unsafe else [])


def test_without_a_second_chance_a_thread_left_behind_would_cost_others(course: Course) -> None:
    """A kernel in which four threads spin answers late, so a short limit is missed; a new kernel meets it."""
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/hostile") if each.name == "stop-threads"]
    limits = TimeLimits(cell_seconds=3, call_seconds=2)
    with Station(Setting(course.source, course.release, "0", limits, Limits()), 1) as station:
        handed = HandedIn({f"{FIRST}.ipynb": build(entry, course)[FIRST].encode()})
        result = SubmissionResult.from_json(station.examine("threads", handed, ""))
    points = {name: cell.points for name, cell in result.notebooks[0].cells.items()}
    assert points["test-gradient-formula"] == 0 and points["test-explore"] == 2 and points["test-my-function"] == 3
