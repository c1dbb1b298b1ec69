"""Profiles: made of the masters when a lab with plain test cells is released, and needed to grade it."""

import json
from pathlib import Path

import nbformat
import pytest

from autograder.course import (
    BEHIND,
    BESIDE,
    Course,
    CourseError,
    Profile,
    SubmissionResult,
    TimeLimits,
    forgeable,
    is_plain,
    is_solution,
    profiles_path,
    read_notebook,
    read_profiles,
    with_profiles,
    write_profiles,
)
from autograder.dispatch.station import Setting, Station
from autograder.examine.trusted import Lab
from autograder.grade import autograde
from autograder.intake import HandedIn
from autograder.release.make import make_release
from autograder.release.profiling import empty_profiles, make_profiles
from autograder.sandbox import LEVELS, Limits, missing

CELLS = [
    ("given", "setup", "import math\nnumbers = [float(line) for line in open('numbers.txt')]"),
    (
        "solution",
        "mean",
        "def mean(x):\n    ### BEGIN SOLUTION\n    return math.fsum(x) / len(x)\n    ### END SOLUTION",
    ),
    (
        "test",
        "test-mean",
        "assert mean(numbers) == 2\n### BEGIN HIDDEN TESTS\nassert mean([5]) == 5\n### END HIDDEN TESTS",
    ),
    ("solution", "stack", "### BEGIN SOLUTION\nclass Stack(list):\n    pass\n### END SOLUTION"),
    ("test", "test-stack", "assert issubclass(Stack, list)"),
    ("solution", "half", "### BEGIN SOLUTION\ndef half(x):\n    return x / 2\n### END SOLUTION\ndef half(x):"),
]
ALWAYS = "class A:\n    __eq__ = __bool__ = lambda *_: True\ndef mean(x):\n    return A()"


def write_lab(course: Course) -> None:
    """A lab with two plain test cells: one can run behind the wall, the other cannot."""
    cells = []
    for kind, name, source in CELLS:
        marks = {"grade_id": name, "schema_version": 3, "task": False, "locked": kind != "solution"}
        marks |= {"solution": kind == "solution", "grade": kind == "test"} | ({"points": 2.0} if kind == "test" else {})
        cells.append(nbformat.v4.new_code_cell(source, id=name, metadata={"nbgrader": marks}))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    course.source.mkdir(parents=True)
    (course.source / "numbers.txt").write_text("1\n2\n3\n")
    book = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    (course.source / "first.ipynb").write_text(nbformat.writes(book))


@pytest.fixture(scope="module")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, list[str]]:
    """The lab, released, and what was said."""
    folder = tmp_path_factory.mktemp("course")
    course = Course(folder, folder, "lab05")
    (folder / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    write_lab(course)
    lines: list[str] = []
    make_release(course, show=lines.append)
    return course, lines


def handed_in(course: Course, answers: dict[str, str]) -> HandedIn:
    notebook = read_notebook(course.release / "first.ipynb")
    for cell in notebook.cells:
        if is_solution(cell):
            cell.source = answers.get(cell.id, cell.source)
    return HandedIn({"first.ipynb": nbformat.writes(notebook).encode()})


@pytest.mark.slow
def test_a_release_keeps_what_crosses_and_names_what_cannot(made: tuple[Course, list[str]]) -> None:
    course, lines = made
    profiles = read_profiles(course)
    assert {name: each.way for name, each in profiles.items()} == {
        "first/test-mean": BEHIND,
        "first/test-stack": BESIDE,
    }
    assert profiles["first/test-mean"].kinds == ["function"] and profiles["first/test-mean"].operations == []
    assert [line for line in lines if "test-stack" in line and "can be forged" in line]
    assert [(book, cell) for book, cell, _ in forgeable(course)] == [("first", "test-stack")]
    assert [line for line in lines if "first, half: this cell of the master ends in " in line and "Error" in line]
    assert not list(course.release.rglob("profiles.json"))
    assert make_release(course) is False


@pytest.mark.slow
def test_submissions_are_held_to_the_profile(made: tuple[Course, list[str]]) -> None:
    course, _ = made
    right = "def mean(x):\n    return sum(x) / len(x)"
    stack = "class Stack(list):\n    pass"
    answers = {
        "s01-right": ({"mean": right, "stack": stack}, [2.0, 2.0]),
        "s02-wrong": ({"mean": right.replace("/", "*"), "stack": "class Stack:\n    pass"}, [0.0, 0.0]),
        "s03-blank": ({}, [0.0, 0.0]),
        "hostile-always": ({"mean": ALWAYS, "stack": stack}, [0.0, 2.0]),
        "hostile-exit": ({"mean": "import os\ndef mean(x):\n    os._exit(0)", "stack": stack}, [0.0, 2.0]),
    }
    setting = Setting(course, "0", TimeLimits(), Limits(), next(level for level in LEVELS if not missing(level)))
    with Station(setting, 1) as station:
        for student, (given, wanted) in answers.items():
            result = SubmissionResult.from_json(station.examine(student, handed_in(course, given), ""))
            (book,) = result.notebooks
            cells = [book.cells["test-mean"], book.cells["test-stack"]]
            assert [cell.points for cell in cells] == wanted, (student, cells)
            assert [len(cell.checks) for cell in cells] == [1, 1]
            assert all(check.name in book.cells and bool(check.message) == (cell.points == 0)
                       for cell in cells for check in cell.checks)  # fmt: skip
            assert "mean([5])" not in json.dumps([check.message for cell in cells for check in cell.checks])


@pytest.mark.slow
def test_a_gradebook_goes_on_under_new_profiles(home: Path, tmp_path: Path) -> None:
    """They decide scores, so a release that changes them says who is graded again, and grading then goes on."""
    course = Course(tmp_path, tmp_path, "lab05")
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    write_lab(course)
    make_release(course, show=lambda line: None)
    course.submission("s01").mkdir(parents=True)
    (course.submission("s01") / "first.ipynb").write_bytes(handed_in(course, {}).files["first.ipynb"])
    path = profiles_path(course)
    new, old = path.read_bytes(), read_profiles(course)
    old["first/test-mean"].kinds.append("class")  # as an earlier version of this kit would have made them
    write_profiles(course, old)
    before = path.read_bytes()
    assert autograde(course).graded == 1
    for dry_run in (True, False):
        lines: list[str] = []
        assert make_release(course, dry_run, lines.append)
        assert any("will grade all 1 submissions again" in line for line in lines)
        assert path.read_bytes() == (before if dry_run else new)
    assert autograde(course).graded == 1
    assert make_release(course, show=lines.append) is False


def test_profiles_that_are_not_kept_leave_what_was_there(tmp_path: Path) -> None:
    course = Course(tmp_path, tmp_path, "lab05")
    path = profiles_path(course)
    with with_profiles(course, {"first/test-mean": Profile(source="new")}):
        assert path.exists()
    assert not path.exists()
    path.write_text("damaged")
    with pytest.raises(OSError), with_profiles(course, {"first/test-mean": Profile(source="new")}):
        raise OSError
    assert path.read_text() == "damaged"
    with with_profiles(course, {"first/test-mean": Profile(source="new")}) as keep:
        keep()
    assert read_profiles(course)["first/test-mean"].source == "new"


def test_a_lab_without_plain_cells_has_no_profiles_and_takes_no_time(course: Course, tmp_path: Path) -> None:
    assert empty_profiles(course) == {}
    assert make_profiles(course, tmp_path) == ({}, [])
    assert not profiles_path(course).exists()


def test_a_test_cell_that_was_changed_after_the_release_is_named(home: Path, tmp_path: Path) -> None:
    course = Course(tmp_path, tmp_path, "lab05")
    write_lab(course)
    course.release.mkdir(parents=True)
    with pytest.raises(CourseError, match="test-mean.*make release"):
        Lab(course)


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("assert f(1) == 2", True),
        ("%matplotlib inline\nassert f(1) == 2", True),
        ("checks = Checks(points=1)\nchecks.score()", False),
        ("import labtools\nchecks = labtools.Checks(points=1)\njudge(checks)\nchecks.score()", False),
        ("model.score(x, y)", True),
    ],
)
def test_what_is_a_plain_test_cell(source: str, plain: bool) -> None:
    assert is_plain(source) == plain
