"""A student who left is put aside: nothing is lost, and nobody else touched."""

import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.collect import read_students
from autograder.course import CellGrade, Course, CourseError, NotebookResult, SubmissionResult
from autograder.record import Writer, drop_student


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """Two students with a submission each, with points and a comment by a person, and one who has none."""
    tmp_path = tmp_path_factory.mktemp("template")
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    (tmp_path / "source/lab03").mkdir(parents=True)
    (tmp_path / "source/lab03/one.ipynb").write_text("{}")
    (tmp_path / "students.csv").write_text("id,first_name\ns01,Ana\ns02,Bo\ns03,Cy\n")
    course = Course(tmp_path, tmp_path, "lab03")
    with Gradebook(course.database_url, "deep-learning") as gradebook:
        gradebook.add_assignment("lab03")
        gradebook.add_notebook("one", "lab03")
        gradebook.add_grade_cell("proof", "one", "lab03", max_score=4, cell_type="markdown")
        gradebook.add_solution_cell("proof", "one", "lab03")
    with Writer(course) as writer:
        writer.import_students(tmp_path / "students.csv")
        for student in ("s01", "s02"):
            course.submission(student).mkdir(parents=True)
            (course.submission(student) / "one.ipynb").write_text(student)
            book = NotebookResult("one", "graded", cells={"proof": CellGrade(None, 4.0)})
            writer.record(SubmissionResult(student, "seed", "digest", [book]), None)
            writer.gradebook.find_grade("proof", "one", "lab03", student).manual_score = 3
            writer.gradebook.find_comment("proof", "one", "lab03", student).manual_comment = f"for {student}"
            writer.gradebook.db.commit()
    return tmp_path


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Course(tmp_path, tmp_path, "lab03")


def test_everything_is_kept_and_nobody_else_touched(course: Course) -> None:
    kept = drop_student(course, "s01")
    assert kept == course.root / "dropped/s01" and not (course.submitted / "s01").exists()
    assert (kept / "submitted/lab03/one.ipynb").read_text() == "s01"
    (grades,) = json.loads((kept / "grades.json").read_text())
    assert grades["lab"] == "lab03" and grades["cells"][0]["manual_score"] == 3
    assert grades["comments"] == [{"notebook": "one", "cell": "proof", "comment": "for s01"}]
    assert [student.id for student in read_students(course.home / "students.csv")] == ["s02", "s03"]
    with Writer(course) as writer:
        assert writer.students() == ["s02", "s03"] and [result.student for result in writer.results()] == ["s02"]
        assert writer.gradebook.find_grade("proof", "one", "lab03", "s02").manual_score == 3


def test_who_handed_in_nothing(course: Course) -> None:
    assert list(drop_student(course, "s03").iterdir()) == []
    assert [student.id for student in read_students(course.home / "students.csv")] == ["s01", "s02"]


def test_a_second_time_keeps_the_first(course: Course) -> None:
    drop_student(course, "s01")
    course.submission("s01").mkdir(parents=True)
    kept = drop_student(course, "s01")
    assert {path.name for path in kept.iterdir()} == {"grades.json", "submitted", "submitted-2"}


@pytest.mark.parametrize("student", ["s04", "", ".", "..", "../submitted", "/etc", "s01/lab03"])
def test_nobody_knows_the_student(course: Course, student: str) -> None:
    with pytest.raises(CourseError, match="check STUDENT"):
        drop_student(course, student)
    assert (course.submitted / "s01/lab03/one.ipynb").exists()


def test_the_command(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(course.home)
    assert main(["drop", "s02"]) == 0 and "dropped/s02" in capsys.readouterr().out
    assert main(["drop", "s02"]) == 1 and "check STUDENT" in capsys.readouterr().err
