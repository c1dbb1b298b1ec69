"""nbgrader's own commands and formgrader's buttons run this engine: held against the pinned nbgrader."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, is_solution, read_notebook
from autograder.record import Writer
from autograder.release.new_lab import write_skeleton

LAB = "lab04"
RIGHT = "def square(x):\n    return x * x"
#: Looks for the answers, and gives itself all points where the tests run beside it.
FORGED = f"{RIGHT}\nimport labtools\nlabtools.Checks.score = lambda self: self.points\nopen('was-here', 'w')"


@pytest.fixture(scope="module")
def course(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with an exchange of its own, whose lab is released by nbgrader's command."""
    folder = tmp_path_factory.mktemp("course")
    course = Course(folder, folder, LAB)
    text = (home / "nbgrader_config.py").read_text()
    exchange = folder / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    (folder / "nbgrader_config.py").write_text(f"{text}\nc.Exchange.root = {str(exchange)!r}\n")
    write_skeleton(course)
    done = nbgrader(course, "generate_assignment", LAB)
    assert done.returncode == 0, done.stderr
    return course


def nbgrader(
    course: Course, *words: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(
        command, cwd=cwd or course.home, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )


def write_answer(course: Course, folder: Path, answer: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    notebook = read_notebook(course.release / "exercise1.ipynb")
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code":
            cell.source = answer
    (folder / "exercise1.ipynb").write_text(json.dumps(notebook))


@pytest.mark.parametrize("first", ["", "import nbgrader.converters\n"])
def test_converters_lead_here_whenever_they_are_loaded(home: Path, first: str) -> None:
    code = f"""
import sys
{first}from autograder.course import open_course
open_course("lab03").config(), open_course("lab03").config()
print("nbgrader.converters" in sys.modules)
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.generate_assignment import GenerateAssignment
open_course("lab03").config()
print(Autograde.start.__code__.co_name, GenerateAssignment.start.__code__.co_name)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == [str(bool(first)), "start_autograde", "start_generate"], done.stderr


def points(course: Course, student: str) -> float | None:
    with Writer(course) as writer:
        result = writer.result(student)
    return result and sum(cell.points or 0 for book in result.notebooks for cell in book.cells.values())


def test_generate_makes_the_verified_release(course: Course) -> None:
    assert (course.release / "labtools/manifest.json").is_file()
    assert course.source.with_name(f"{LAB}.manifest.json").is_file()  # only make_release writes it


@pytest.mark.slow
def test_the_command_grades_behind_the_wall(course: Course) -> None:
    write_answer(course, course.submission("s01-right"), RIGHT)
    write_answer(course, course.submission("hostile-forged"), FORGED.replace("x * x", "x"))
    done = nbgrader(course, "autograde", LAB)
    assert done.returncode == 0 and "2 graded, 0 unchanged" in done.stderr, done.stderr
    assert points(course, "s01-right") > (points(course, "hostile-forged") or 0)
    assert not list(course.root.rglob("was-here"))
    assert "0 graded, 2 unchanged" in nbgrader(course, "autograde", LAB).stderr
    again = nbgrader(course, "autograde", LAB, "--student", "s01-right", "--force")
    assert "1 graded, 0 unchanged" in again.stderr


@pytest.mark.slow
def test_the_button_grades_behind_the_wall(course: Course) -> None:
    """Formgrader's Autograde button calls the API in a process that has loaded the course's configuration."""
    write_answer(course, course.submission("s02-button"), RIGHT)
    config = course.config()
    done = NbGraderAPI(CourseDirectory(config=config), config=config).autograde(LAB, "s02-button")
    assert done["success"], done
    assert points(course, "s02-button") == points(course, "s01-right")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("autograde", LAB, "--notebook", "exercise1"), "The notebook exercise1 alone cannot be taken"),
        (("autograde", LAB, "--student", "s0*"), "Name one student"),
        (("autograde", "lab99"), "There is no lab 'lab99'"),
        (("generate_assignment", "lab99"), "There is no lab 'lab99'"),
    ],
)
def test_what_cannot_be_led_here_is_refused_in_one_sentence(course: Course, words: tuple[str, ...], said: str) -> None:
    done = nbgrader(course, *words)
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    assert done.returncode == 1 and len(errors) == 1 and said in errors[0], done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_round_through_the_exchange(course: Course, tmp_path: Path) -> None:
    """Released, fetched, submitted, collected, graded, and the feedback goes back, with nbgrader's own commands."""

    def do(*words: str, cwd: Path | None = None) -> str:
        done = nbgrader(course, *words, cwd=cwd, JUPYTER_CONFIG_DIR=str(tmp_path / "jupyter"), HOME=str(tmp_path))
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout + done.stderr

    student = tmp_path / "student"
    student.mkdir()
    own = f"c.Exchange.root = {str(course.home / 'exchange')!r}\nc.CourseDirectory.course_id = 'deep-learning'\n"
    (student / "nbgrader_config.py").write_text(f"c = get_config()\n{own}")
    do("release_assignment", LAB)
    assert LAB in do("list", cwd=student)
    do("fetch_assignment", LAB, cwd=student)
    write_answer(course, student / LAB, RIGHT)
    do("submit", LAB, cwd=student)
    do("collect", LAB)
    (name,) = [path.parents[1].name for path in course.submitted.glob(f"*/{LAB}/submission_secret.txt")]
    do("autograde", LAB, "--student", name)
    assert (course.autograded(name) / "timestamp.txt").is_file()
    do("generate_feedback", LAB, "--student", name)
    do("release_feedback", LAB, "--student", name)
    do("fetch_feedback", LAB, cwd=student)
    assert [path.name for path in student.rglob("*.html")] == ["exercise1.html"]
