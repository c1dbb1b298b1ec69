"""The zip for Gradescope, and what it makes of a submission in the folders that Gradescope documents."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.check.bank import Entry, build
from autograder.course import CellGrade, CheckResult, Course, CourseError, NotebookResult, SubmissionResult
from autograder.gradescope.pack import SETTING, pack
from autograder.gradescope.results import as_gradescope

FIRST = "exercise1_gradient_descent"
WRONG = "def gradient(x1, x2):\n    return 2 * (x1 - 6), 2 * x2 - x1"


@pytest.fixture(scope="module")
def packed(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `source` of Gradescope, with the zip unpacked in it."""
    root = tmp_path_factory.mktemp("packed")
    source = tmp_path_factory.mktemp("autograder") / "source"
    with zipfile.ZipFile(pack(Course(course.home, root, course.lab))) as archive:
        assert archive.getinfo("setup.sh").external_attr >> 16 & 0o111 == 0o111
        assert archive.getinfo("run_autograder").external_attr >> 16 & 0o111 == 0o111
        archive.extractall(source)
    return source


def test_the_zip_has_what_grading_needs_and_nothing_of_students(packed: Path, course: Course) -> None:
    top = {path.name for path in packed.iterdir()}
    assert {"setup.sh", "run_autograder", "autograder", "source", "release", "requirements.txt"} <= top
    assert not top & {"submitted", "autograded", "gradebook.db", "students.csv", "tests", ".git", "export"}
    assert "@" not in (packed / "setup.sh").read_text()
    for script in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", packed / script]).returncode == 0


def test_an_address_that_is_none_does_not_get_into_a_script(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no address"):
        pack(Course(course.home, tmp_path, course.lab), "https://x; rm -rf /")
    assert not list(tmp_path.iterdir())


def test_the_form_of_the_results(course: Course) -> None:
    checks = [CheckResult("at (0, 0) the gradient is (-12, 0)", 1.0, 1.0, ""), CheckResult("secret", 2.0, 0.0, "no")]
    cells = {
        "test-gradient-formula": CellGrade(1.0, 3.0, checks),
        "test-explore": CellGrade(0.0, 3.0),
        "keep-going": CellGrade(None, 2.0),
    }
    book = NotebookResult(FIRST, cells=cells, repairs=["was renamed"])
    told = as_gradescope(course, SubmissionResult("s01", "0", "", [book]))
    by_name = {test["name"]: test for test in told["tests"]}
    assert told["score"] == 1 and sum(test["max_score"] for test in told["tests"]) == 6
    seen = by_name["test-gradient-formula: at (0, 0) the gradient is (-12, 0)"]
    assert (seen["visibility"], seen["status"], seen["output"]) == ("visible", "passed", "")
    hidden = by_name["test-gradient-formula: secret"]
    assert (hidden["visibility"], hidden["status"], hidden["output"]) == ("after_published", "failed", "no")
    assert by_name["test-explore"]["output"] == "Its checks were not run."
    assert "keep-going (2)" in told["output"] and "was renamed" in told["output"]
    assert {test["output_format"] for test in told["tests"]} == {"text"}


def run(source: Path, submission: Path, results: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder.gradescope", str(submission), str(results)]
    environment = os.environ | {"PYTHONPATH": str(source)} | environment
    return subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_a_submission_in_gradescopes_folders(packed: Path, course: Course, tmp_path: Path) -> None:
    """One of three notebooks, in a folder of its own: its points, and a line for each that is missing."""
    submission, results = tmp_path / "submission", tmp_path / "results.json"
    (submission / "my work").mkdir(parents=True)
    entry = Entry("s01", "", answers={"gradient-formula": WRONG})
    (submission / "my work" / f"{FIRST}.ipynb").write_text(build(entry, course)[FIRST])
    done = run(packed, submission, results)
    assert done.returncode == 0, done.stderr
    told = json.loads(results.read_text())
    assert 0 < told["score"] < 18 and told["output"].count("missing") == 2
    lost = [test for test in told["tests"] if test["name"].startswith("test-gradient-formula") and not test["score"]]
    assert lost and all(test["output"] for test in lost)


def test_a_fault_that_is_not_the_students_writes_no_results(tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    (tmp_path / SETTING).write_text('{"lab": "lab99", "seed": "0"}')
    done = run(tmp_path, tmp_path / "submission", tmp_path / "results.json", PYTHONPATH=os.environ["PYTHONPATH"])
    assert done.returncode == 1 and not (tmp_path / "results.json").exists()
    assert "was not graded: There is no lab 'lab99'" in done.stderr and len(done.stderr.splitlines()) == 1
