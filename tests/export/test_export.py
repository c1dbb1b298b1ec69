"""Grades for Moodle, Canvas and others: the columns, the quoting, and the difference between no grade and zero."""

import csv
import datetime
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from traitlets.config import Config

from autograder.collect import read_recipients
from autograder.course import CellGrade, Course, CourseError, NotebookResult, SubmissionResult, no_formula
from autograder.export.export import FORMATS, export_grades
from autograder.export.exporter import GradeExport
from autograder.record import Writer, read_lines
from autograder.record.late import DAY

DUE = datetime.datetime(2026, 12, 1, 17)
LATE = """
[penalty]
percent_per_day = 10
[due]
lab03 = 2026-12-01T18:00:00+01:00
[extensions.lab03]
extended = 2026-12-04T18:00:00+01:00
"""
STUDENTS = """id,first_name,last_name,email,lms_user_id
graded,Zoë,"O'Hara, the second",zoe@example.org,101
zero,Nil,Null,nil@example.org,102
=cmd|' /C calc'!A0,@SUM(A1),+1,-2@example.org,103
"""
COLLECTED = """submission,system,number,name,student
graded,Moodle,4711,"Zoë O'Hara, the second",graded
zero,Moodle,4712,Nil Null,zero
late,Moodle,4713,=HYPERLINK(1),late
extended,Canvas,104,extended,extended
"""


def result(student: str, status: str, test: float, proof: float | None) -> SubmissionResult:
    cells = {"test-one": CellGrade(test, 6.0), "proof": CellGrade(proof, 4.0)}
    return SubmissionResult(student, "seed", "digest", [NotebookResult("one", status, cells=cells)])


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """A course with a gradebook made by hand: one notebook, a test of 6 points and a proof of 4."""
    tmp_path = tmp_path_factory.mktemp("template")
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    (tmp_path / "source/lab03").mkdir(parents=True)
    (tmp_path / "students.csv").write_text(STUDENTS)
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted/lab03.csv").write_text(COLLECTED)
    course = Course(tmp_path, tmp_path, "lab03")
    with Gradebook(course.database_url, "deep-learning") as gradebook:
        gradebook.add_assignment("lab03")
        gradebook.add_notebook("one", "lab03")
        gradebook.add_grade_cell("test-one", "one", "lab03", max_score=6, cell_type="code")
        gradebook.add_grade_cell("proof", "one", "lab03", max_score=4, cell_type="markdown")
        gradebook.add_solution_cell("proof", "one", "lab03")
    with Writer(course) as writer:
        writer.record(result("graded", "graded", 6, 0), DUE)
        writer.record(result("zero", "graded", 0, 0), None)
        writer.record(result("ungraded", "graded", 5, None), DUE)
        writer.record(result("crashed", "failed", 0, 0), DUE)
        writer.record(result("empty", "missing", 0, 0), DUE)
        writer.record(result("late", "graded", 5, 0), DUE + datetime.timedelta(seconds=DAY + 1))
        writer.record(result("extended", "graded", 5, 0), DUE + datetime.timedelta(seconds=DAY + 1))
    return tmp_path


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Course(tmp_path, tmp_path, "lab03")


def table(course: Course, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(export_grades(course, name, partial=True).read_text())))


def test_no_grade_is_not_zero(course: Course) -> None:
    data = json.loads(export_grades(course, "json", partial=True).read_text())
    found = {line["student"]: (line["status"], line["score"]) for line in data["students"]}
    assert found.pop("=cmd|' /C calc'!A0") == ("missing", None)
    assert found == {
        "graded": ("graded", 6),
        "zero": ("zero", 0),
        "ungraded": ("ungraded", None),
        "crashed": ("crashed", None),
        "empty": ("missing", None),
        "late": ("graded", 5),
        "extended": ("graded", 5),
    }


def test_an_incomplete_class_is_refused(course: Course) -> None:
    with pytest.raises(CourseError) as error:
        export_grades(course, "moodle")
    assert "4 of 8 students have no grade" in str(error.value) and "\n" not in str(error.value)
    for who in ("ungraded (ungraded)", "crashed (crashed)", "empty (missing)"):
        assert who in str(error.value)
    assert not (course.root / "export").exists()


def test_a_graded_proof_completes_a_student(course: Course) -> None:
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade("proof", "one", "lab03", "ungraded")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
        lines = {line.student: line for line in read_lines(gradebook, "lab03")}
    assert (lines["ungraded"].status, lines["ungraded"].score) == ("graded", 8)


def test_what_was_handed_in_since_is_not_graded(course: Course) -> None:
    for student in ("graded", "new"):
        course.submission(student).mkdir(parents=True)
    data = json.loads(export_grades(course, "json", partial=True).read_text())
    found = {line["student"]: (line["status"], line["score"]) for line in data["students"]}
    assert found["graded"] == found["new"] == ("ungraded", None)


def test_lateness_costs_unless_extended_and_follows_manual_grades(course: Course) -> None:
    (course.home / "late.toml").write_text(LATE)
    rows = {row[1]: row for row in table(course, "csv")}
    head = rows["student"]
    assert [rows[name][head.index("score")] for name in ("graded", "late", "extended")] == ["6.0", "4.0", "5.0"]
    assert rows["late"][head.index("penalty")] == "1.0"
    with Gradebook(course.database_url) as gradebook:
        submission = gradebook.find_submission("lab03", "late")
        assert (submission.total_seconds_late, submission.late_submission_penalty) == (DAY + 1, 1.0)
        assert gradebook.find_submission("lab03", "extended").total_seconds_late == 0
        gradebook.find_grade("proof", "one", "lab03", "late").manual_score = 4
        gradebook.db.commit()
    rows = {row[1]: row for row in table(course, "csv")}
    assert rows["late"][head.index("score")] == "7.2"


def test_a_time_that_is_corrected_after_grading_counts(course: Course) -> None:
    (course.home / "late.toml").write_text(LATE)
    course.submission("late").mkdir(parents=True)
    (course.submission("late") / "timestamp.txt").write_text("2026-12-01 16:59:00 UTC")
    with Writer(course) as writer:
        writer.apply_late_rules()
        submission = writer.submissions()["late"]
        assert (submission.total_seconds_late, submission.late_submission_penalty) == (0, 0)


def test_an_extension_of_nobody_is_said(course: Course, capsys: pytest.CaptureFixture) -> None:
    (course.home / "late.toml").write_text(LATE.replace("extended =", "extendet ="))
    export_grades(course, "csv", partial=True)
    assert capsys.readouterr().err.endswith(
        "late.toml: extendet has an extension, but is in no gradebook and no students.csv\n"
        "no time of handing in, so in time for late.toml: zero. It would stand in "
        "submitted/<student>/lab03/timestamp.txt\n"
    )


def test_no_grade_is_written_where_a_time_cannot_be_read(course: Course) -> None:
    (course.home / "late.toml").write_text(LATE)
    course.submission("late").mkdir(parents=True)
    (course.submission("late") / "timestamp.txt").write_text("2026-12-01 18:00 IST")
    with pytest.raises(CourseError, match=r"submitted/late/lab03/timestamp\.txt cannot be used: .* IST"):
        export_grades(course, "csv", partial=True)
    assert not (course.root / "export").exists()


def test_moodle_gets_its_grading_worksheet(course: Course) -> None:
    head, *rows = table(course, "moodle")
    assert head == [
        *("Identifier", "Full name", "Email address", "Username", "Status", "Grade", "Maximum Grade"),
        *("Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments"),
    ]
    found = {row[3]: row for row in rows}
    assert found["graded"] == [
        *("Participant 4711", "Zoë O'Hara, the second", "zoe@example.org", "graded", "graded", "6.00", "10.00", "Yes"),
        *("Tuesday, 1 December 2026, 05:00 PM UTC", "-", "one: 6 of 10 points"),
    ]
    assert found["zero"][4:6] == ["zero", "0.00"] and set(found) == {"graded", "zero", "late"}


def test_rows_without_number_or_grade_are_left_out_and_named(course: Course, capsys: pytest.CaptureFixture) -> None:
    """One row without a number, and Moodle refuses the file; an empty comment deletes one that is there."""
    (course.root / "submitted/lab03.csv").write_text(COLLECTED + "ungraded,Moodle,4714,U,ungraded\n")
    _, *rows = table(course, "moodle")
    assert all(row[0][12:].isdecimal() and row[5] and row[10] for row in rows)
    said = capsys.readouterr().err
    assert "ungraded (ungraded)" in said and "extended (no number)" in said and "WORKSHEET=" in said


def test_only_systems_give_numbers(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the end of a name that was made by hand, and Moodle's are not Canvas's."""
    monkeypatch.setattr("autograder.export.export.not_graded", lambda *_: [])  # nothing was really graded here
    for name in ("Zoë O'Hara_4719_assignsubmission_file", "team-12"):
        course.submission(name).mkdir(parents=True)
        with Writer(course) as writer:
            writer.record(result(name, "graded", 6, 0), DUE)
    numbers = {row[0] for row in table(course, "moodle")[1:]}
    assert numbers == {f"Participant {number}" for number in (4711, 4712, 4713, 4719)}
    numbers = {row[3]: row[1] for row in table(course, "canvas")}
    assert numbers["team-12"] == "" and numbers["extended"] == "104" and numbers["late"] == ""
    assert numbers["graded"] == "101"


def test_a_folder_as_moodle_names_it_tells_its_number(course: Course) -> None:
    name = "Zoë O'Hara_4719_assignsubmission_file"
    course.submission(name).mkdir(parents=True)
    (number,) = [each for each in read_recipients(course.submitted, "lab03") if each.submission == name]
    assert (number.number, number.name) == ("4719", "Zoë O'Hara")


def test_anonymous_students_of_canvas_are_left_out_and_named(course: Course, capsys: pytest.CaptureFixture) -> None:
    with Writer(course) as writer:
        writer.record(result("anon-aB3dE", "graded", 6, 0), DUE)
    (course.root / "submitted/lab03.csv").write_text(COLLECTED + "anon-aB3dE,Canvas,aB3dE,anon,anon-aB3dE\n")
    assert "anon-aB3dE" not in {row[3] for row in table(course, "canvas")}
    assert "anon-aB3dE" in capsys.readouterr().err


def test_canvas_gets_its_gradebook(course: Course) -> None:
    head, points, *rows = table(course, "canvas")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "lab03", "Current Grade Status"]
    assert points == ["    Points Possible", "", "", "", "", "10.00", "(read only)"]
    found = {row[3]: row for row in rows}
    assert found["zero"] == ["Null, Nil", "102", "", "zero", "", "0.00", "zero"]
    assert found["crashed"][5:] == ["", "crashed"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [("moodle", "'=HYPERLINK(1)"), ("canvas", "'=cmd|' /C calc'!A0"), ("csv", "'=cmd|' /C calc'!A0")],
)
def test_no_cell_is_a_formula(course: Course, name: str, safe: str) -> None:
    cells = [cell for row in table(course, name) for cell in row]
    assert [cell for cell in cells if cell[:1] in tuple("=+-@") and cell != "-"] == []
    assert safe in cells


@pytest.mark.parametrize("text", ["=1", " =1", "+1", "-1", "@A1", "\t=1"])
def test_a_formula_is_made_a_text(text: str) -> None:
    assert no_formula(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-", "", "Ana = Bea", 1.5, -2, None])
def test_what_is_no_formula_stays(value: object) -> None:
    assert no_formula(value) == value


@pytest.mark.heavy
def test_nbgrader_export_uses_the_same_plugins(course: Course) -> None:
    export = [sys.executable, "-m", "nbgrader", "export", "--exporter=autograder.export.MoodleExport", "--to=out.csv"]
    refused = subprocess.run(export, cwd=course.root, capture_output=True, text=True)
    assert refused.returncode == 1 and "have no grade in lab03" in refused.stderr
    assert not (course.root / "out.csv").exists()
    done = subprocess.run([*export, "--GradeExport.partial=True"], cwd=course.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (course.root / "out.csv").read_text().startswith("Identifier,Full name,")


def test_one_lab_a_file(course: Course) -> None:
    with Gradebook(course.database_url, "deep-learning") as gradebook:
        gradebook.add_assignment("lab04")
        with pytest.raises(CourseError, match="Choose one lab with --assignment: the gradebook has lab03, lab04"):
            FORMATS["csv"]().write(gradebook)


def test_canvas_column_can_be_named(course: Course) -> None:
    config = Config({"CanvasExport": {"columns": {"lab03": "Lab 3 (1234)"}}})
    plugin: GradeExport = FORMATS["canvas"](config=config)
    with Gradebook(course.database_url) as gradebook:
        assert plugin.rows("lab03", read_lines(gradebook, "lab03"))[0][5] == "Lab 3 (1234)"


@pytest.mark.parametrize(
    "text", ["name,email\na,b\n", "id,first_name\n,x\n", "id,first_name\ns01\n", "id,colour\na,b\n"]
)
def test_a_damaged_class_list_is_named(course: Course, text: str) -> None:
    (course.home / "students.csv").write_text(text)
    with pytest.raises(CourseError, match=r"students\.csv"):
        export_grades(course, "csv")
