"""Commands that only read load no torch, no converters and no server; what was left out is there when asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grade.run import prepare_gradebook
from autograder.record import Writer
from autograder.report import write_feedback
from tests.grade.conftest import new_course
from tests.record.conftest import PROOFS, hand_in_proofs

HEAVY = [
    "IPython.terminal",
    "autograder.examine",
    "ipykernel",
    "jupyter_server",
    "nbconvert.exporters",
    "nbgrader.converters",
    "torch",
]
RUN = """
import sys
from autograder.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as end:
    status = end.code
print("status", status, *sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def graded(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course = new_course(home, tmp_path_factory.mktemp("light"))
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
    hand_in_proofs(course, {student: dict.fromkeys(PROOFS, f"By {student}.") for student in ("s1", "s2")})
    write_feedback(course)  # so that nothing has changed
    return course


def python(code: str, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *words], cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    "words",
    [["--help"], ["report"], ["similarity"], ["export", "--partial"], ["feedback"], ["collect", "--help"]],
    ids=" ".join,
)
def test_a_command_that_reads_loads_little(graded: Course, words: list[str]) -> None:
    done = python(RUN, *words, cwd=graded.home)
    _, status, *loaded = done.stderr.splitlines()[-1].split()
    assert status == "0", done.stderr[:1000]
    assert [name for name in HEAVY if name in loaded] == []


def test_the_doctor_begins_with_little(home: Path) -> None:
    done = python("import sys, autograder.doctor; print(*sys.modules)", cwd=home)
    assert [name for name in HEAVY if name in done.stdout.split()] == ["autograder.examine"]  # it grades


@pytest.mark.parametrize("loaded", ["", "import nbgrader.api, nbconvert.filters; "])
@pytest.mark.parametrize(
    "wanted",
    [
        "nbgrader._load_jupyter_server_extension, nbgrader.__version__",
        "nbgrader.server_extensions, nbgrader.utils",
        "nbconvert.exporters.HTMLExporter",
        "nbconvert.HTMLExporter, nbconvert.get_exporter('html')",
    ],
)
def test_what_was_left_out_is_there(loaded: str, wanted: str) -> None:
    done = python(f"import autograder; {loaded}import nbgrader, nbconvert; {wanted}")
    assert done.returncode == 0, done.stderr


def test_a_name_that_nobody_has_is_an_error() -> None:
    done = python("import autograder.report as ours, nbgrader; print(hasattr(nbgrader, 'no'), hasattr(ours, 'no'))")
    assert done.stdout == "False False\n", done.stderr
