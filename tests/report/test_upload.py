"""feedback/<lab>.zip, as Moodle takes it back."""

import zipfile
from pathlib import Path

import pytest

from autograder.course import Course
from autograder.report.upload import Entry, archive, write_archive

COLLECTED = """submission,system,number,name,student
Ana-Maria,Moodle,4711,"Ana_Maria O'Example/Ł, A",Ana-Maria
bo,Canvas,4712,bo,bo
group-One,Moodle,4713,Cy,Cy
group-One,Moodle,4714,Di,Di
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted/lab03.csv").write_text(COLLECTED)
    (tmp_path / "students.csv").write_text('id,first_name,last_name\nAna-Maria,Ana_Maria,"O\'Example/Ł, A"\n')
    return Course(tmp_path, tmp_path, "lab03")


def names(course: Course, *students: str) -> list[str]:
    for student in students:
        course.feedback(student).mkdir(parents=True)
        (course.feedback(student) / "one.html").write_text("page")
    write_archive(course, [course.feedback(student) for student in students])
    with zipfile.ZipFile(archive(course)) as file:
        return file.namelist()


def test_moodle_finds_everybody_by_number(course: Course) -> None:
    (path,) = names(course, "Ana-Maria")
    folder, page = path.split("/")
    name, number, *kind = folder.split("_", 4)  # as Moodle's importer does
    assert (name, number, kind, page) == ("Ana-Maria-O-Example-Ł-A", "4711", ["assignsubmission", "file"], "one.html")


def test_each_member_of_a_group_gets_the_pages(course: Course) -> None:
    found = names(course, "group-One")
    assert found == ["Cy_4713_assignsubmission_file/one.html", "Di_4714_assignsubmission_file/one.html"]


def test_a_folder_that_was_named_by_moodle(course: Course) -> None:
    name = "Ana-Maria-Example_4715_assignsubmission_file"
    course.submission(name).mkdir(parents=True)
    assert names(course, name) == ["Ana-Maria-Example_4715_assignsubmission_file/one.html"]


@pytest.mark.parametrize("student", ["bo", "team-12"])
def test_others_keep_their_names(course: Course, student: str) -> None:
    course.submission(student).mkdir(parents=True)
    assert names(course, student) == [f"{student}/one.html"]


def contents(course: Course) -> dict[str, str]:
    with zipfile.ZipFile(archive(course)) as file:
        assert file.testzip() is None
        return {name: file.read(name).decode() for name in file.namelist()}


def test_what_has_not_changed_is_not_packed_again(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    names(course, "bo", "cy", "di", "eli")
    packed = []
    monkeypatch.setattr(Entry, "pack", lambda entry, pack=Entry.pack: packed.append(entry.name) or pack(entry))
    (course.feedback("cy") / "one.html").write_text("another page")
    (course.feedback("di") / "one.html").unlink()
    (course.feedback("di") / "two.html").write_text("page")
    write_archive(course, [course.feedback(student) for student in ("bo", "cy", "di")])
    assert packed == ["cy/one.html", "di/two.html"]
    assert contents(course) == {"bo/one.html": "page", "cy/one.html": "another page", "di/two.html": "page"}


@pytest.mark.parametrize("damage", [b"", b"PK\x05\x06", b"no archive"])
def test_a_damaged_archive_is_written_anew(course: Course, damage: bytes) -> None:
    names(course, "bo")
    archive(course).write_bytes(damage)
    write_archive(course, [course.feedback("bo")])
    assert contents(course) == {"bo/one.html": "page"}


def test_it_is_what_zipfile_would_write(course: Course, tmp_path: Path) -> None:
    """`put` writes as zipfile's own `write` does: a new version of zipfile may do it otherwise."""
    names(course, "bo", "Łukasz")
    with zipfile.ZipFile(tmp_path / "own.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for student in ("bo", "Łukasz"):
            file.write(course.feedback(student) / "one.html", f"{student}/one.html")
    assert archive(course).read_bytes() == (tmp_path / "own.zip").read_bytes()
