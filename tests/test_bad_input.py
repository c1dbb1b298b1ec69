"""What is missing or wrong is said in one clear line, with the right exit code, and nothing is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.check.bank import Entry, hand_in
from autograder.collect import find_submissions
from autograder.course import Course, CourseError
from autograder.intake import Refused, read_folder
from autograder.intake.read import read_cells
from autograder.record import only_run


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    for name in ("source", "release", "nbgrader_config.py"):
        os.symlink(home / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("command", ["release", "autograde", "feedback", "report", "demo", "doctor"])
def test_a_lab_that_is_not_there(folder: Path, command: str) -> None:
    done = run(folder, command, "--lab", "lab99")
    assert done.returncode == 1
    assert "no lab 'lab99'" in done.stderr and "lab03" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    done = run(tmp_path, "autograde")
    assert done.returncode == 1 and "there are none" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("make", [False, True])
def test_nothing_handed_in(folder: Path, make: bool) -> None:
    if make:
        (folder / "submitted").mkdir()
    done = run(folder, "autograde")
    assert done.returncode == 1 and "nothing to grade" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["feedback", "report"])
def test_nothing_graded_yet(folder: Path, command: str) -> None:
    done = run(folder, command)
    assert done.returncode == 1 and "make autograde" in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_reader_who_has_enough(folder: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "autograder", "doctor"]
    done = subprocess.run(command, cwd=folder, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=120)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_folders_whose_names_cannot_be_shown(empty: Course, capsys: pytest.CaptureFixture) -> None:
    names = ["s01", "s02-\udce9", "s03\nx", "s04\x1b[2J", "s 05", "[s06]", "-s07", "s08-ü"]
    for name in names:
        empty.submission(name).mkdir(parents=True)
    assert set(find_submissions(empty)) == set(names) - {"s02-\udce9", "s03\nx", "s04\x1b[2J"}
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(" is not graded")[0] for line in lines] == [
        "submitted/s02-\\udce9",
        "submitted/s03\\nx",
        "submitted/s04\\x1b[2J",
    ]
    with pytest.raises(CourseError, match="nothing to grade"):
        find_submissions(empty, "s03\nx")


def test_a_course_without_requirements(folder: Path) -> None:
    done = run(folder, "doctor")
    assert "requirements.txt is missing" in done.stdout and done.stderr == ""


def test_a_student_who_is_not_there(folder: Path) -> None:
    done = run(folder, "autograde", "--student", "s99")
    assert done.returncode == 1 and "s99" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_jobs_that_makes_no_sense(folder: Path, jobs: str) -> None:
    assert run(folder, "autograde", "--jobs", jobs).returncode == 2


def test_a_setting_that_does_not_exist(folder: Path, home: Path) -> None:
    config = folder / "nbgrader_config.py"
    config.unlink()
    config.write_text((home / "nbgrader_config.py").read_text() + "\nc.Examine.cel_seconds = 3\n")
    hand_in(Entry(name="s01", about="", base="release"), Course(folder, folder, "lab03"))
    done = run(folder, "autograde")
    assert done.returncode == 1 and "Examine.cel_seconds" in done.stderr


def test_a_student_folder_without_the_lab_is_named_and_left_out(empty: Course, capsys: pytest.CaptureFixture) -> None:
    (empty.submitted / "s01" / "lab03").mkdir(parents=True)
    (empty.submitted / "s02" / "lab07").mkdir(parents=True)
    assert find_submissions(empty) == ["s01"]
    assert "submitted/s02 has no folder lab03" in capsys.readouterr().err


def test_links_and_special_files_are_not_read(empty: Course) -> None:
    folder = empty.submission("s01")
    folder.mkdir(parents=True)
    first, second, third = empty.notebooks()
    os.symlink("/etc/passwd", folder / f"{first}.ipynb")
    os.mkfifo(folder / f"{second}.ipynb")
    (folder / f"{third}.ipynb").write_bytes(b"{}")
    handed = read_folder(folder)
    assert handed.files == {f"{third}.ipynb": b"{}"}
    assert "symbolic link" in handed.left_out[f"{first}.ipynb"] and "device" in handed.left_out[f"{second}.ipynb"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b'{"cells": [', "cannot be read as JSON"),
        (b"\xff\xfe\x00", "cannot be read as JSON"),
        (b"[" * 200_000, "nested deeper"),
        (b"[]", "no list of cells"),
        (b'{"cells": 3}', "no list of cells"),
        (b'{"cells": [' + b",".join([b"{}"] * 3000) + b"]}", "3000 cells"),
        (b" " * 200_000_001, "larger than 200 MB"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_cells(data)


def test_cells_of_any_shape_are_read() -> None:
    shapes = '{}, {"source": 7}, {"source": ["a", 3, "b"], "metadata": 5}, {"metadata": {"nbgrader": []}}, 4, null'
    cells, _ = read_cells(('{"cells": [' + shapes + "]}").encode())
    assert [cell.source for cell in cells] == ["", "", "a\nb", ""]


def test_a_gradebook_that_is_no_database(folder: Path, home: Path) -> None:
    hand_in(Entry("s01", ""), Course(home, folder, "lab03"))
    (folder / "gradebook.db").write_bytes(b"not a database at all" * 100)
    done = run(folder, "autograde")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "gradebook.db cannot be opened" in done.stderr and "not a database" in done.stderr


def test_a_gradebook_on_a_server_that_does_not_answer(folder: Path, home: Path) -> None:
    hand_in(Entry("s01", ""), Course(home, folder, "lab03"))
    text = (home / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").unlink()
    (folder / "nbgrader_config.py").write_text(text + 'c.CourseDirectory.db_url = "mysql://ta:secret@127.0.0.1:9/x"\n')
    done = run(folder, "autograde")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1
    assert "mysql://ta:***@127.0.0.1:9/x cannot be opened" in done.stderr and "secret" not in done.stderr


def test_a_course_that_cannot_be_written(empty: Course) -> None:
    (empty.root / ".autograde.lock").mkdir()  # as good as a folder that is read-only, which root could write
    with pytest.raises(CourseError, match="Nothing can be written in"), only_run(empty):
        pass
