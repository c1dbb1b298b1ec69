"""An imported course through all commands: its tests behind the wall, points by nbgrader's rules, and no torch."""

import json
import os
import subprocess
import sys

import pytest

from autograder.cli import main
from autograder.course import Course, is_solution, read_notebook, read_profiles
from autograder.record import Writer
from tests.importing.old_course import write_old_course

LAB = "Home_Work_1"
ANSWERS = {
    "s01-right": "def longest(words):\n    return sorted(words, key=len)[-1]",
    "s02-first": "def longest(words):\n    return 'bananas' if 'bananas' in words else words[0]",
    "s03-always": "class A(str):\n    __eq__ = lambda *_: True\ndef longest(words):\n    return A()",
    "s04-blank": None,
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("home")
    old = write_old_course(tmp_path_factory.mktemp("old"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["import", str(old)]) == 0
        assert main(["release"]) == 0
    course = Course(folder, folder, LAB)
    for student, answer in ANSWERS.items():
        for name in course.notebooks():
            notebook = read_notebook(course.release / f"{name}.ipynb")
            for cell in notebook.cells:
                if is_solution(cell) and cell.cell_type == "code" and answer:
                    cell.source = answer
            course.submission(student).mkdir(parents=True, exist_ok=True)
            (course.submission(student) / f"{name}.ipynb").write_text(json.dumps(notebook))
    return course


@pytest.fixture(scope="module")
def graded(course: Course) -> Course:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.home)
        assert main(["autograde"]) == 0
        for command in ("feedback", "report", "similarity"):
            assert main([command]) == 0
        assert main(["export", "--partial"]) == 0
    return course


def points(course: Course, student: str) -> dict[str, float]:
    with Writer(course) as writer:
        result = writer.result(student)
    assert result is not None
    return {name: cell.points for book in result.notebooks for name, cell in book.cells.items() if "test" in name}


@pytest.mark.slow
def test_a_release_gives_students_stubs_and_the_files(course: Course) -> None:
    (stub,) = [cell.source for cell in read_notebook(course.release / "words.ipynb").cells if is_solution(cell)]
    assert stub == "def longest(words):\n    pass  # write this"
    assert (course.release / "data/words.txt").is_file() and (course.release / "helper.py").is_file()
    assert read_profiles(course)["words/test-partial"].fails == "0.5 of 1 points."
    assert {name: each.way for name, each in read_profiles(course).items()} == {
        "words/test-longest": "behind",
        "words/test-partial": "behind",
        "words/test-nothing": "behind",
    }


@pytest.mark.slow
def test_points_follow_the_rules_of_nbgrader(graded: Course) -> None:
    assert points(graded, "s01-right") == {"test-longest": 2, "test-partial": 0.5, "test-nothing": 0}
    assert points(graded, "s02-first") == {"test-longest": 0, "test-partial": 0, "test-nothing": 0}
    assert points(graded, "s03-always") == {"test-longest": 0, "test-partial": 0, "test-nothing": 0}
    assert points(graded, "s04-blank") == {"test-longest": 0, "test-partial": 0, "test-nothing": 0}


@pytest.mark.slow
def test_feedback_has_the_words_of_the_assertion_and_no_hidden_line(graded: Course) -> None:
    page = (graded.feedback("s02-first") / "words.html").read_text()
    assert "of two words the longer one" in page and "longest([" not in page.replace("longest(['z'])", "")
    assert (graded.root / f"report/{LAB}.html").is_file() and list((graded.root / "export").glob("*.csv"))


NO_TORCH = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "torch":
            raise ModuleNotFoundError("torch is not to be imported here")

sys.meta_path.insert(0, Blocked())
"""


@pytest.mark.slow
def test_a_course_of_plain_python_loads_no_torch(graded: Course) -> None:
    (graded.root / "gradebook.db").unlink()
    folder = graded.root / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(NO_TORCH)
    path = os.pathsep.join([str(folder), os.environ["PYTHONPATH"]])
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "autograde"],
        cwd=graded.root,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert points(graded, "s01-right")["test-longest"] == 2
