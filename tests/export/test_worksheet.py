"""From Moodle and back: its own worksheet filled in, taken without a tick, and feedback for everybody."""

import csv
import datetime
import io
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.collect import collect, read_students
from autograder.course import CellGrade, Course, CourseError, NotebookResult, SubmissionResult
from autograder.export import export_grades
from autograder.record import Writer
from autograder.report.upload import archive, write_archive
from tests.collect.small_moodle import SmallMoodle, a_class

ONE_MINUTE = datetime.timedelta(minutes=1)
LATE = """
[penalty]
percent_per_day = 10
[due]
lab03 = "2026-03-29 12:00 Europe/Berlin"
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Path:
    """A course whose lab is one notebook with one test of 10 points."""
    tmp_path = tmp_path_factory.mktemp("template")
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    (tmp_path / "source/lab03").mkdir(parents=True)
    course = Course(tmp_path, tmp_path, "lab03")
    with Gradebook(course.database_url, "deep-learning") as gradebook:
        gradebook.add_assignment("lab03")
        gradebook.add_notebook("one", "lab03")
        gradebook.add_grade_cell("test-one", "one", "lab03", max_score=10, cell_type="code")
    return tmp_path


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    return Course(tmp_path, tmp_path, "lab03")


def grade(course: Course, moodle: SmallMoodle, sheet: bool = True, points: float = 8) -> list[str]:
    """Collect the class, and give points to all of it. Returns the ids of submissions."""
    folder = course.root
    worksheet = moodle.worksheet(folder / "sheet.csv") if sheet else None
    result = collect(course, moodle.archive(folder / "all.zip"), worksheet, moodle.zone)
    give(course, result.new, points)
    return result.new


def give(course: Course, students: list[str], points: float | None) -> None:
    book = NotebookResult("one", "graded", cells={"test-one": CellGrade(points, 10.0)})
    with Writer(course) as writer:
        for student in students:
            writer.record(SubmissionResult(student, "seed", "digest", [book]), None)
            course.feedback(student).mkdir(parents=True, exist_ok=True)
            (course.feedback(student) / "one.html").write_text(student)


def export(course: Course, monkeypatch: pytest.MonkeyPatch, sheet: Path | None = None, partial: bool = False) -> Path:
    monkeypatch.setattr("autograder.export.export.not_graded", lambda *_: [])  # nothing was really graded here
    return export_grades(course, "moodle", partial, sheet)


@pytest.mark.parametrize(
    ("shape", "language"),
    [
        *(("plain", "en"), ("plain", "de"), ("plain", "zh"), ("blind", "en"), ("blind", "fr"), ("groups", "en")),
        *(
            ("groups", "de"),
            ("online text", "en"),
            ("online text", "fr"),
            ("without folders", "en"),
            ("blind groups", "en"),
        ),
    ],
)
def test_there_and_back(course: Course, monkeypatch: pytest.MonkeyPatch, language: str, shape: str) -> None:
    moodle = SmallMoodle(
        a_class(),
        language=language,
        blind="blind" in shape,
        grouped="groups" in shape,
        online_text=shape == "online text",
        folders=shape != "without folders",
    )
    if moodle.grouped:
        for person, group in zip(moodle.people, ["A"] * 3 + ["B"] * 2):
            person.group, person.handed_in = group, moodle.people[0].handed_in
        moodle.people = moodle.people[:5]
        moodle.group_numbers = {"A": 40, "B": 37}
    grade(course, moodle)
    path = export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv"))
    moodle.take_worksheet(path.read_bytes())
    write_archive(course, [path.parent for path in sorted((course.root / "feedback").glob("*/lab03/one.html"))])
    moodle.take_feedback(archive(course))
    for person in moodle.people:
        handed_in = person.handed_in is not None
        assert (person.grade == 8) == handed_in and (person.comment == "one: 8 of 10 points") == handed_in
        assert (list(person.feedback) == ["one.html"]) == handed_in


def test_nothing_else_in_the_file_is_changed(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    moodle = SmallMoodle(a_class(), online_text=True)
    moodle.people[0].online_text = "two\nlines, and =1+1"
    moodle.people[1].online_text = "=HYPERLINK(1)"
    grade(course, moodle)
    sheet = moodle.worksheet(course.root / "sheet.csv")
    before = list(csv.reader(io.StringIO(sheet.read_text("utf-8-sig"), newline="")))
    text = export(course, monkeypatch, sheet).read_bytes().decode()
    assert text.startswith("\ufeffIdentifier,")
    after = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert len(after) == len(before) - 1  # she who handed in nothing
    changed = {
        before[0][place] for old, new in zip(before, after) for place in range(len(old)) if old[place] != new[place]
    }
    assert changed == {"Grade", "Feedback comments", "Online text"}
    assert after[2][8] == "'=HYPERLINK(1)" and after[1][8] == before[1][8]


def test_after_the_feedback_a_worksheet_downloaded_anew_is_taken(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    moodle = SmallMoodle(a_class())
    grade(course, moodle)
    early = moodle.worksheet(course.root / "early.csv")
    write_archive(course, [path.parent for path in sorted((course.root / "feedback").glob("*/lab03/one.html"))])
    moodle.take_feedback(archive(course))
    moodle.take_worksheet(export(course, monkeypatch, early).read_bytes())
    assert all(person.grade is None for person in moodle.people)
    moodle.take_worksheet(export(course, monkeypatch, moodle.worksheet(course.root / "anew.csv")).read_bytes())
    assert [person.grade for person in moodle.people] == [8] * 10 + [None]


def test_the_order_is_said(course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    moodle = SmallMoodle(a_class())
    grade(course, moodle)
    export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv"))
    said = capsys.readouterr().err
    assert "before the feedback" in said and "Nora Nichts 47 (missing)" in said


def test_who_is_left_out_of_a_blind_class_is_named_by_number(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    moodle = SmallMoodle(a_class(), blind=True)
    grade(course, moodle)
    export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv"))
    assert "changes nothing of theirs: Participant 47 (in no gradebook)\n" in capsys.readouterr().err


def test_who_has_no_grade_is_left_out_and_keeps_the_comment(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    moodle = SmallMoodle(a_class())
    moodle.people[0].comment = moodle.people[1].comment = "Well done. A person wrote this."
    moodle.people[2].comment = "<p>one: 3 of 10 points</p>"
    grade(course, moodle)
    give(course, ["Ana-María-García-López"], None)
    sheet = moodle.worksheet(course.root / "sheet.csv")
    with pytest.raises(CourseError, match="1 of 11 students have no grade in lab03: Ana-María"):
        export(course, monkeypatch, sheet)
    moodle.take_worksheet(export(course, monkeypatch, sheet, partial=True).read_bytes(), tick=True)
    assert moodle.people[0].grade is None and moodle.people[1].grade == 8
    assert moodle.people[0].comment == moodle.people[1].comment == "Well done. A person wrote this."
    assert moodle.people[2].comment == "one: 8 of 10 points"
    said = capsys.readouterr().err
    assert "Ana María García López 37 (ungraded)" in said and "which stays: Seán-O-Brien" in said


def test_the_maximum_in_moodle_is_the_labs(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    moodle = SmallMoodle(a_class(), maximum=100)
    grade(course, moodle)
    with pytest.raises(CourseError, match="maximum grade in Moodle is 100, but the lab has 10 points"):
        export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv"))
    assert not (course.root / "export").exists()


def test_the_worksheet_of_another_assignment_is_refused(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    moodle = SmallMoodle(a_class())
    grade(course, moodle, sheet=False)
    other = SmallMoodle(a_class())
    for person, number in zip(other.people, range(38, 49)):  # each has the number of the next one
        person.number = number
    with pytest.raises(CourseError, match="Give the worksheet of the assignment that was collected"):
        export(course, monkeypatch, other.worksheet(course.root / "other.csv"))
    for person in other.people:
        person.number += 1000
    with pytest.raises(CourseError, match="nobody who is in the gradebook"):
        export(course, monkeypatch, other.worksheet(course.root / "other.csv"))


def test_a_class_collected_without_the_worksheet(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    moodle = SmallMoodle(a_class())
    grade(course, moodle, sheet=False)
    moodle.take_worksheet(export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv")).read_bytes())
    assert [person.grade for person in moodle.people] == [8] * 10 + [None]


def test_a_class_put_there_by_hand_is_found_by_address(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    (course.home / "students.csv").write_text("id,email\ns-ana,S00@example.org\ns-sean,s01@example.org\n")
    for student in ("s-ana", "s-sean"):
        course.submission(student).mkdir(parents=True)
    give(course, ["s-ana", "s-sean"], 8)
    moodle = SmallMoodle(a_class())
    moodle.take_worksheet(export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv")).read_bytes())
    assert [person.grade for person in moodle.people] == [8, 8] + [None] * 9


def test_a_group_without_a_worksheet_gets_nobodys_points(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in a group's folder may be that of a participant, who is in another group."""
    moodle = SmallMoodle(a_class()[:4], grouped=True)
    for person, group in zip(moodle.people, "AABB"):
        person.group, person.handed_in = group, moodle.people[0].handed_in
    moodle.group_numbers = {"A": 40, "B": 90}
    grade(course, moodle, sheet=False)  # nothing in the download tells that these are groups
    with pytest.raises(CourseError, match="those of participants or of groups.*WORKSHEET=csv"):
        export(course, monkeypatch)
    write_archive(course, [path.parent for path in sorted((course.root / "feedback").glob("*/lab03/one.html"))])
    moodle.take_feedback(archive(course))
    assert not any(person.feedback for person in moodle.people)
    with pytest.raises(CourseError, match="number 40 is 太郎 山田, but A-40 was collected as A"):
        export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv"))


def test_people_in_the_class_list_need_no_worksheet(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    moodle = SmallMoodle(a_class())
    names = "".join(f'{person.number},"{person.name}"\n' for person in moodle.people if '"' not in person.name)
    (course.home / "students.csv").write_text("id,last_name\n" + names)
    grade(course, moodle, sheet=False)
    moodle.take_worksheet(export(course, monkeypatch, partial=True).read_bytes())
    write_archive(course, [path.parent for path in sorted((course.root / "feedback").glob("*/lab03/one.html"))])
    moodle.take_feedback(archive(course))
    assert [person.grade for person in moodle.people] == [8] * 10 + [None]
    assert [bool(person.feedback) for person in moodle.people] == [True] * 10 + [False]


@pytest.mark.parametrize("name", ["csv", "json", "canvas"])
def test_members_of_a_group_have_its_grade_in_every_format(
    course: Course, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    moodle = SmallMoodle(a_class()[:4], grouped=True)
    for person, group in zip(moodle.people, "AABB"):
        person.group, person.handed_in = group, moodle.people[0].handed_in
    moodle.group_numbers = {"A": 40, "B": 90}
    grade(course, moodle)
    monkeypatch.setattr("autograder.export.export.not_graded", lambda *_: [])
    text = export_grades(course, name).read_text()
    assert "group-" not in text
    assert all(student.id in text for student in read_students(course.home / "students.csv"))


def test_a_worksheet_goes_with_moodle(course: Course) -> None:
    with pytest.raises(CourseError, match="goes with FORMAT=moodle"):
        export_grades(course, "canvas", worksheet=course.root / "sheet.csv")


@pytest.mark.parametrize("sheet", [True, False])
def test_penalties_on_both_sides_of_a_deadline_after_the_change_of_the_clocks(
    course: Course, monkeypatch: pytest.MonkeyPatch, sheet: bool
) -> None:
    """Clocks went forward the night before: 12:00 in Berlin is 10:00 UTC, no longer 11:00."""
    (course.home / "late.toml").write_text(LATE)
    moodle = SmallMoodle(a_class()[:6])
    due = datetime.datetime(2026, 3, 29, 10)
    day = datetime.timedelta(days=1)
    moments = [due - day, due - ONE_MINUTE, due, due + ONE_MINUTE, due + day, due + day + ONE_MINUTE]
    for person, moment in zip(moodle.people, moments):
        person.handed_in = moment
    grade(course, moodle, sheet, points=10)
    moodle.take_worksheet(export(course, monkeypatch, moodle.worksheet(course.root / "sheet.csv")).read_bytes())
    assert [person.grade for person in moodle.people] == [10, 10, 10, 9, 9, 8]
