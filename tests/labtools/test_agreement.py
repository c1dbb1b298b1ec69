"""`python -m labtools` agrees with grading about all checks that a student sees, over the whole bank.

Some entries are run as a student runs them, in a kernel that Jupyter starts. The others have kernels of the warm
server, to which the same files lie open: they differ from these in nothing but the time that they take to start.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbclient
import pytest
from nbformat import NotebookNode

from autograder.check.bank import Entry, build, read_bank
from autograder.course import Course, SubmissionResult, is_solution, is_test, read_notebook
from autograder.grade import examine_all
from autograder.sandbox import LEVELS, WarmServer, missing
from tests.conftest import HOME

from labtools.handin import Found, examine

pytestmark = pytest.mark.heavy

BANK = {
    entry.name: entry
    for kind in ("class", "wheats", "chaffs")
    for entry in read_bank(HOME / "tests/lab03" / kind)
    if not (entry.hostile or entry.files)
}
SAMPLE = ["gradient-helpers-behind", "q07-global-state", "loss-always-the-same"]
#: In a notebook a check uses the student's earlier functions only; in grading right ones as well.
LENIENT = "filled in at grading"


def touched(entry: Entry, course: Course) -> str:
    """The notebook that has the entry's answers."""
    for name in course.notebooks():
        cells = {cell.id for cell in read_notebook(course.source / f"{name}.ipynb").cells}
        if cells & {*entry.answers, *entry.after}:
            return name
    return course.notebooks()[0]


def graded(entries: list[Entry], folder: Path) -> dict[str, SubmissionResult]:
    """What a grader finds."""
    course = Course(HOME, folder, "lab03")
    for entry in entries:
        name = touched(entry, course)
        course.submission(entry.name).mkdir(parents=True)
        (course.submission(entry.name) / f"{name}.ipynb").write_text(build(entry, course)[name])
    names = [entry.name for entry in entries]
    return {each.student: each for each in examine_all(course, names, "agreement", None, None)}


def before_handing_in(entry: Entry, course: Course, folder: Path) -> tuple[str, Found]:
    """What a student is told, and of which notebook."""
    name = touched(entry, course)
    shutil.copytree(course.release, folder, ignore=shutil.ignore_patterns("*.ipynb", "__pycache__"))
    (folder / f"{name}.ipynb").write_text(build(entry, course)[name])
    return name, examine(folder, name, json.loads((folder / "labtools/manifest.json").read_text()))


def differences(entry: Entry, course: Course, result: SubmissionResult, folder: Path) -> Iterator[str]:
    """Where the two do not agree on the checks that a student sees."""
    name, found = before_handing_in(entry, course, folder)
    book = next(each for each in result.notebooks if each.name == name)
    for cell in read_notebook(course.source / f"{name}.ipynb").cells:
        if is_test(cell):
            told = found.checks.get(cell.id, {})
            theirs = {check.name: not check.message for check in book.cells[cell.id].checks}
            if not told:
                yield f"{cell.id}: no check was seen ({found.problems})"
            for check, passed in told.items():
                if passed and not theirs[check]:
                    yield f"{cell.id}, {check}: passes before handing in only"
                if theirs[check] and not passed and LENIENT not in cell.source and "first_to_pass" not in cell.source:
                    yield f"{cell.id}, {check}: passes in grading only"
        elif is_solution(cell) and cell.cell_type == "code" and cell.id in book.unwritten:
            said = any(f"`{cell.id}` is not written" in line for line in found.unwritten)
            if not said:
                yield f"{cell.id}: only the grader knows that it is not written"


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, SubmissionResult]:
    """The grader's results, of the sample or of all."""
    names = {item.callspec.params["name"] for item in request.session.items if item.fspath == request.path}
    return graded([BANK[name] for name in sorted(names)], tmp_path_factory.mktemp("graded"))


AS_STUDENTS = [*SAMPLE, *(name for name in sorted(BANK)[::25] if name not in SAMPLE)]
QUICKLY = sorted({*BANK} - {*AS_STUDENTS})


@pytest.fixture(scope="module")
def server(course: Course) -> Iterator[WarmServer]:
    """A warm server for the lab as it is handed out. Nobody attacks here, so it needs no sandbox."""
    level = next(level for level in LEVELS if not missing(level))
    with WarmServer(course.release, level=level) as warm:
        yield warm


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in SAMPLE else pytest.mark.slow) for name in AS_STUDENTS]
)
def test_the_check_before_handing_in_agrees_with_grading(
    course: Course, results: dict[str, SubmissionResult], tmp_path: Path, name: str
) -> None:
    assert list(differences(BANK[name], course, results[name], tmp_path / "student")) == []


@pytest.mark.whole_bank
@pytest.mark.parametrize("name", QUICKLY)
def test_it_agrees_over_the_whole_bank(
    course: Course,
    results: dict[str, SubmissionResult],
    server: WarmServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    class InWarmKernel(nbclient.NotebookClient):
        def __init__(self, notebook: NotebookNode, **settings: Any) -> None:
            super().__init__(notebook, km=server.kernel_manager(), **settings)
            self.owns_km = True  # it ends its kernel and closes its sockets

    monkeypatch.setattr(nbclient, "NotebookClient", InWarmKernel)
    assert list(differences(BANK[name], course, results[name], tmp_path / "student")) == []
