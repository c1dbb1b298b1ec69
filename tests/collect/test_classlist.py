"""students.csv: read as spreadsheets write it, damaged in one line, and written so that it can be read again."""

from pathlib import Path

import pytest

from autograder.collect import Student, read_students, write_students
from autograder.course import CourseError

ZOE = Student("s01", "Zoë", "O'Hara", "zoe@example.org", "101")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encodings(tmp_path: Path, encoding: str, sign: str) -> None:
    text = "ID,First name,last_name,Email,lms_user_id\r\ns01,Zoë,O'Hara,zoe@example.org,101\r\n,,,,\r\n"
    (tmp_path / "students.csv").write_bytes(text.replace(",", sign).encode(encoding))
    assert read_students(tmp_path / "students.csv") == [ZOE]


def test_nobody_without_a_file(tmp_path: Path) -> None:
    assert read_students(tmp_path / "students.csv") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "needs a first line"),
        ("name,email\na,b\n", "needs a first line"),
        ("id,id\na,b\n", "each once"),
        ("id,colour\na,b\n", "needs a first line"),
        ("id,first_name\n,x\n", "line 2: .* no id"),
        ("id,first_name\ns01\n", "line 2: .* not as many cells"),
        ("id,first_name\ns01,a,b\n", "line 2: .* not as many cells"),
        ("id\ns01\ns02\ns01\n", "line 4: the id s01 is there twice"),
        ("id\nZoe\u0308\nZoë\n", "line 3: the id Zoë is there twice"),
        ("id,email\ns01,a@x.org\ns02,A@x.org\n", "line 3: s02 has the e-mail address of s01"),
        ('id\n"s01\nx"\n', "signs that cannot be shown"),
        ("id\n\x1b[2J\n", "signs that cannot be shown"),
    ],
)
def test_damage_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "students.csv").write_text(text)
    with pytest.raises(CourseError, match=rf"students\.csv.*{words}") as error:
        read_students(tmp_path / "students.csv")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("marked", [True, False])
def test_what_is_written_is_read_again(tmp_path: Path, marked: bool) -> None:
    path = tmp_path / "students.csv"
    path.write_text("id\n", encoding="utf-8-sig" if marked else "utf-8")
    students = [ZOE, Student("太郎-山田", "太郎", 'the "second", of\tname', "+taro@example.org")]
    write_students(path, students)
    assert read_students(path) == students
    assert path.read_bytes().startswith(b"\xef\xbb\xbf") == marked


def test_a_name_is_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    write_students(path, [Student("s01", "=cmd|' /C calc'!A0", "@SUM(A1)")])
    assert "s01,'=cmd|' /C calc'!A0,'@SUM(A1)," in path.read_text()
    before = path.read_text()
    write_students(path, read_students(path))
    assert path.read_text() == before
