"""The sandbox is what keeps kernels in: without it everything is in reach."""

import os
import socket
from pathlib import Path

import nbformat
import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, SubmissionResult, TimeLimits
from autograder.dispatch.station import Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits

FIRST = "exercise1_gradient_descent"
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
    setting = Setting(course, "0", TimeLimits(), Limits(), unsafe)
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
