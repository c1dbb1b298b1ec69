"""Class downloads land in submitted/, one folder a student; nothing is lost, nothing lands elsewhere."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.collect import collect
from autograder.course import Course, CourseError
from autograder.submitted import find_submissions, read_timestamp

MOODLE = {
    "Ana Maria Example_1001_assignsubmission_file_/exercise1.ipynb": b"a",
    "Ana Maria Example_1001_assignsubmission_file_/my lab/exercise2.ipynb": b"b",
    "Ana Maria Example_1001_assignsubmission_onlinetext_/onlinetext.html": b"c",
    "Ana Maria Example_1002_assignsubmission_file_/lab.zip": b"another one of this name",
    "O'Hara, Łukasz_1003_assignsubmission_file/exercise1.ipynb": b"d",
    "Participant_1004_assignsubmission_file_exercise1 (1).ipynb": b"e",
    "readme.txt": b"of nobody",
}
CANVAS = {
    "exampleana_1001_5001_exercise1.ipynb": b"a",
    "exampleana_1001_5002_exercise2-chain_rule-1.ipynb": b"b",
    "lateone_LATE_1002_5003_exercise1.ipynb": b"c",
    "readme.txt": b"of nobody",
}


def make_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 18, 0, 0)), data)
    return path


def handed_in(course: Course) -> dict[str, bytes]:
    return {
        path.relative_to(course.submitted).as_posix(): path.read_bytes()
        for path in sorted(course.submitted.rglob("*"))
        if path.is_file() and path.name not in ("timestamp.txt", "late.txt")
    }


def test_moodle(empty: Course, tmp_path: Path) -> None:
    result = collect(empty, make_zip(tmp_path / "class.zip", MOODLE))
    assert handed_in(empty) == {
        "Ana-Maria-Example-1001/lab03/exercise1.ipynb": b"a",
        "Ana-Maria-Example-1001/lab03/my lab/exercise2.ipynb": b"b",
        "Ana-Maria-Example-1001/lab03/onlinetext.html": b"c",
        "Ana-Maria-Example-1002/lab03/lab.zip": b"another one of this name",
        "O-Hara-Łukasz-1003/lab03/exercise1.ipynb": b"d",
        "Participant-1004/lab03/exercise1 (1).ipynb": b"e",
    }
    assert result.systems == {"Moodle"} and len(result.new) == 4 and result.unassigned == ["readme.txt"]
    assert str(read_timestamp(empty, "Participant-1004")) == "2026-11-23 18:00:00"
    assert find_submissions(empty) == sorted(result.new)


def test_canvas(empty: Course, tmp_path: Path) -> None:
    result = collect(empty, make_zip(tmp_path / "submissions.zip", CANVAS))
    assert handed_in(empty) == {
        "exampleana-1001/lab03/exercise1.ipynb": b"a",
        "exampleana-1001/lab03/exercise2-chain_rule-1.ipynb": b"b",
        "lateone-1002/lab03/exercise1.ipynb": b"c",
    }
    assert result.systems == {"Canvas"} and result.late == ["lateone-1002"] and result.unassigned == ["readme.txt"]
    assert "Canvas" in (empty.submission("lateone-1002") / "late.txt").read_text()


@pytest.mark.parametrize("top", ["", "class/", "submitted/"])
@pytest.mark.parametrize("lab", ["", "lab03/"])
@pytest.mark.parametrize("packed", [True, False])
def test_folders(empty: Course, tmp_path: Path, top: str, lab: str, packed: bool) -> None:
    files = {f"{top}{name}/{lab}exercise1.ipynb": name.encode() for name in ("s01", "s02")}
    files[f"{top}s01/{lab}timestamp.txt"] = b"2026-11-23 18:00:00 UTC"
    source = tmp_path / "download"
    if packed:
        source = make_zip(tmp_path / "class.zip", files)
    else:
        for name, data in files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(data)
    collect(empty, source)
    assert handed_in(empty) == {f"{name}/lab03/exercise1.ipynb": name.encode() for name in ("s01", "s02")}
    assert read_timestamp(empty, "s01") is not None and read_timestamp(empty, "s02") is None


def test_a_second_download_replaces_what_changed_and_keeps_the_old(empty: Course, tmp_path: Path) -> None:
    collect(empty, make_zip(tmp_path / "class.zip", CANVAS))
    changed = CANVAS | {"exampleana_1001_5001_exercise1.ipynb": b"better"}
    result = collect(empty, make_zip(tmp_path / "class.zip", changed))
    assert (result.new, result.replaced, result.unchanged) == ([], ["exampleana-1001"], ["lateone-1002"])
    assert handed_in(empty)["exampleana-1001/lab03/exercise1.ipynb"] == b"better"
    assert handed_in(empty)["exampleana-1001/lab03.before-1/exercise1.ipynb"] == b"a"
    assert find_submissions(empty) == ["exampleana-1001", "lateone-1002"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("/etc/x.ipynb", "absolute"), ("s01/../../x.ipynb", "leads out"), ("..\\x.ipynb", "leads out"),
     ("C:/x.ipynb", "absolute"), ("s01/a\nb.ipynb", "control characters"), ("s01/link.ipynb", "symbolic link")],
)  # fmt: skip
def test_unsafe_archives_are_refused_and_the_others_go_on(empty: Course, tmp_path: Path, name: str, words: str) -> None:
    source = tmp_path / "downloads"
    source.mkdir()
    make_zip(source / "good.zip", CANVAS)
    with zipfile.ZipFile(source / "bad.zip", "w") as archive:
        info = zipfile.ZipInfo(name)
        if "link" in name:
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    (source / "broken.zip").write_bytes(b"PK\3\4 and no more")
    os.symlink("/etc", source / "etc")
    result = collect(empty, source)
    refused = "\n".join(result.refused)
    assert "bad.zip: " in refused and words in refused and "broken.zip: " in refused and "'etc': " in refused
    assert len(result.new) == 2 and len(handed_in(empty)) == 3


def test_what_is_larger_than_can_be_read_is_cut_off(
    empty: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.collect.MAX_FILE", 1000)
    collect(empty, make_zip(tmp_path / "class.zip", {"s_1_2_exercise1.ipynb": b" " * 1_000_000}))
    assert len(handed_in(empty)["s-1/lab03/exercise1.ipynb"]) == 1001


def test_nothing_to_collect(empty: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="does not exist"):
        collect(empty, tmp_path / "class.zip")
    with pytest.raises(CourseError, match="no submission"):
        collect(empty, make_zip(tmp_path / "class.zip", {"readme.txt": b""}))


def test_the_command_ends_with_1_where_something_was_refused(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for name in ("source", "release", "nbgrader_config.py"):
        os.symlink(home / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert main(["collect", str(make_zip(tmp_path / "good.zip", CANVAS))]) == 0
    assert main(["collect", str(make_zip(tmp_path / "bad.zip", {"../x": b""}))]) == 1
    assert "bad.zip: `../x` in it has a path that leads out of the archive" in capsys.readouterr().out
