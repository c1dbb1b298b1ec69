"""Moodle's grading worksheet: its columns are found in every form that it has, and what is none is named."""

import csv
import io
from pathlib import Path

import pytest

from autograder.collect import collect, read_students, read_worksheet
from autograder.course import Course, CourseError
from tests.collect.small_moodle import SmallMoodle, a_class


def changed(moodle: SmallMoodle, path: Path, column: int | None = None, cells: list[str] | None = None) -> Path:
    """The worksheet with a column more, head first, at this place."""
    rows = list(csv.reader(io.StringIO(moodle.worksheet(path).read_text("utf-8-sig"), newline="")))
    for row, cell in zip(rows, cells or []):
        row.insert(column or 0, cell)
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    path.write_text(buffer.getvalue(), newline="")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", "\t"])
def test_as_a_spreadsheet_saves_it(tmp_path: Path, encoding: str, sign: str) -> None:
    moodle = SmallMoodle([person for person in a_class() if person.name[0] not in "太Ł"], language="de")
    rows = list(csv.reader(io.StringIO(moodle.worksheet(tmp_path / "a.csv").read_text("utf-8-sig"), newline="")))
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=sign).writerows([cell.replace("10,00", "10") for cell in row] for row in rows)
    (tmp_path / "b.csv").write_bytes(buffer.getvalue().encode(encoding))
    one, two = read_worksheet(tmp_path / "a.csv"), read_worksheet(tmp_path / "b.csv")
    assert [row.before for row in one.rows] == [row.before for row in two.rows] and one.maximum() == two.maximum() == 10
    assert [row.handed_in for row in one.rows] == [row.handed_in for row in two.rows]


def test_columns_of_workflow_and_markers(tmp_path: Path) -> None:
    moodle = SmallMoodle(a_class())
    path = changed(moodle, tmp_path / "a.csv", 6, ["Marking workflow state"] + ["Not marked"] * 11)
    sheet = read_worksheet(path)
    assert (sheet.head[sheet.grade], sheet.head[sheet.marked]) == ("Grade", "Last modified (grade)")
    path = changed(moodle, tmp_path / "b.csv", 4, ["Marker"] + ["Ana Teacher"] * 11)
    sheet = read_worksheet(path)
    assert sheet.head[sheet.grade] == "Grade" and sheet.comment is not None
    assert sheet.head[sheet.comment] == "Feedback comments" and sheet.rows[0].handed_in is not None


def test_an_id_number_is_a_person_too(own: Course, tmp_path: Path) -> None:
    moodle = SmallMoodle(a_class(), addresses=False)
    ids = [f"{number:07}" for number in range(11)]
    sheet = changed(moodle, tmp_path / "a.csv", 2, ["ID number", *ids])
    collect(own, moodle.archive(tmp_path / "all.zip"), sheet)
    people = read_students(own.home / "students.csv")
    assert [each.lms_user_id for each in people] == ids
    assert [each.id for each in people if "Anna" in each.id] == ["Anna-Schmidt-0000005", "Anna-Schmidt-0000006"]
    for person in moodle.people:
        person.number += 100
        person.name += " Married"
    moodle.archive(tmp_path / "all.zip")
    sheet = changed(moodle, tmp_path / "a.csv", 2, ["ID number", *ids])
    assert collect(own, tmp_path / "all.zip", sheet).new == [] and read_students(own.home / "students.csv") == people


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Participant 38", "", "line 3: there is no number in the first cell.*Moodle refuses the whole file"),
        ("Participant 38", "Participant 37", "2 rows have the identifier 37"),
        (",10.00,Yes", ",Good,Yes", "no grading worksheet of Moodle.*A scale"),
        (",10.00,Yes", ",10.00", "line 2: it has not as many cells"),
        ("2026", "MMXXVI", "no grading worksheet of Moodle"),
        ("November", "Brumaire", "can be read in no language. Switch Moodle to English"),
    ],
)
def test_what_is_no_worksheet_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = SmallMoodle(a_class()).worksheet(tmp_path / "a.csv")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(CourseError, match=rf"a\.csv.*{words}") as error:
        read_worksheet(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["", "Identifier\n", "a,b\n", "id,first_name\ns01,Ana\n", "<html>\n<p>Log in</p>\n"])
def test_other_files_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CourseError, match=r"a\.csv"):
        read_worksheet(tmp_path / "a.csv")


def test_a_worksheet_goes_with_a_download_of_moodle(own: Course, tmp_path: Path) -> None:
    (tmp_path / "class/s01").mkdir(parents=True)
    (tmp_path / "class/s01/one.ipynb").write_text("x")
    with pytest.raises(CourseError, match="is Moodle's, but the names of this download are not"):
        collect(own, tmp_path / "class", SmallMoodle(a_class()).worksheet(tmp_path / "a.csv"))
