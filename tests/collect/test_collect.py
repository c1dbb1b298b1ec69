"""Class downloads land in submitted/, one folder a student; nothing is lost, nothing lands elsewhere."""

import os
import stat
import zipfile
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.collect import collect, find_submissions, read_timestamp
from autograder.course import Course, CourseError

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


def make_zip(path: Path, files: dict[str, bytes], hours_apart: int = 0) -> Path:
    """An archive whose first file is of 10 o'clock, the next one `hours_apart` later, and so on."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 10 + number * hours_apart, number, 0)), data)
    return path


def handed_in(course: Course) -> dict[str, bytes]:
    return {
        path.relative_to(course.submitted).as_posix(): path.read_bytes()
        for path in sorted(course.submitted.rglob("*"))
        if path.is_file() and path.name not in ("timestamp.txt", "late.txt") and path.parent != course.submitted
    }


def test_moodle(empty: Course, tmp_path: Path) -> None:
    result = collect(empty, make_zip(tmp_path / "class.zip", MOODLE, hours_apart=1), timezone="Europe/Berlin")
    assert handed_in(empty) == {
        "Ana-Maria-Example-1001/lab03/exercise1.ipynb": b"a",
        "Ana-Maria-Example-1001/lab03/my lab/exercise2.ipynb": b"b",
        "Ana-Maria-Example-1001/lab03/onlinetext.html": b"c",
        "Ana-Maria-Example-1002/lab03/lab.zip": b"another one of this name",
        "O-Hara-Łukasz-1003/lab03/exercise1.ipynb": b"d",
        "Participant-1004/lab03/exercise1 (1).ipynb": b"e",
    }
    assert result.systems == {"Moodle"} and len(result.new) == 4 and result.unassigned == ["readme.txt"]
    assert str(read_timestamp(empty, "Participant-1004")) == "2026-11-23 14:05:00" and not result.untimed
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


#: names in a download, and the place where each belongs; None is nobody's
LAYOUTS: dict[str, dict[str, str | None]] = {
    "Moodle, with names of Moodle and Canvas deeper down": {
        "Ana_21_assignsubmission_file/sub/a.ipynb": "Ana-21/sub/a.ipynb",
        "Ana_21_assignsubmission_file/Bo_22_assignsubmission_file_/y.ipynb": (
            "Ana-21/Bo_22_assignsubmission_file_/y.ipynb"
        ),
        "Bo_22_assignsubmission_file/x_7_assignsubmission_file_y.ipynb": "Bo-22/x_7_assignsubmission_file_y.ipynb",
        "Bo_22_assignsubmission_file/exampleana_21_5001_y.ipynb": "Bo-22/exampleana_21_5001_y.ipynb",
    },
    "Moodle, blind, without folders": {
        "Participant_4711_assignsubmission_file_a_b_1_2_c.ipynb": "Participant-4711/a_b_1_2_c.ipynb",
        "Participant_4712_assignsubmission_file_1.ipynb": "Participant-4712/1.ipynb",
        "Teilnehmerin_4713_assignsubmission_onlinetext_onlinetext.html": "Teilnehmerin-4713/onlinetext.html",
    },
    "Moodle, two groups of a course unpacked": {
        "Mon/Jean-Luc d'Été_1_assignsubmission_file/a.ipynb": "Jean-Luc-d-Été-1/a.ipynb",
        "Tue/王小明_2_assignsubmission_file/a.ipynb": "王小明-2/a.ipynb",
        "Tue/Ana van der Berg-Ł_3_assignsubmission_file_/a.ipynb": "Ana-van-der-Berg-Ł-3/a.ipynb",
    },
    "Canvas": {
        "oharałukasz_1003_5003_exercise1 (1)-2.ipynb": "oharałukasz-1003/exercise1 (1)-2.ipynb",
        "van_der_berg_LATE_1004_5004_lab_3_4.tar-1.gz": "van_der_berg-1004/lab_3_4.tar-1.gz",
        "exampleana_1001_5001_x_9_assignsubmission_file_y.ipynb": "exampleana-1001/x_9_assignsubmission_file_y.ipynb",
        "exampleana_1001_text.html": "exampleana-1001/text.html",
        "examplebo_LATE_1002_link.html": "examplebo-1002/link.html",
        "grades.csv": None,
    },
    "Canvas, anonymous": {
        "anon_aB3dE_5001_a.ipynb": "anon-aB3dE/a.ipynb",
        "LATE_anon_12345_5002_a_1_2_b.ipynb": "anon-12345/a_1_2_b.ipynb",
        "anon_zz9z9_text.html": "anon-zz9z9/text.html",
    },
    "folders, one with names as from a system": {
        "s01/a.ipynb": "s01/a.ipynb",
        "s02/x_1_assignsubmission_file_y.ipynb": "s02/x_1_assignsubmission_file_y.ipynb",
        "s02/x_1_2_y.ipynb": "s02/x_1_2_y.ipynb",
        "s02/x_1_assignsubmission_file_/y.ipynb": "s02/x_1_assignsubmission_file_/y.ipynb",
        "s03/lab03/a.ipynb": "s03/a.ipynb",
    },
    "folders whose names come to the same": {
        "s 01/a.ipynb": None,
        "s-01/a.ipynb": None,
        "s02/a.ipynb": "s02/a.ipynb",
    },
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_file_goes_to_whom_it_belongs(empty: Course, tmp_path: Path, layout: str) -> None:
    files = LAYOUTS[layout]
    result = collect(empty, make_zip(tmp_path / "class.zip", {path: path.encode() for path in files}))
    wanted = {place.replace("/", "/lab03/", 1): path.encode() for path, place in files.items() if place}
    assert handed_in(empty) == wanted
    assert result.unassigned == [path for path, place in files.items() if place is None]
    assert result.late == sorted({place.split("/")[0] for path, place in files.items() if place and "LATE_" in path})


def test_a_student_cannot_write_the_time_of_handing_in(empty: Course, tmp_path: Path) -> None:
    files = {
        f"{name}_assignsubmission_file/{file}": b"2000-01-01 00:00:00 UTC"
        for name in ("Ana_1", "Bo_2")
        for file in ("timestamp.txt", "late.txt", "a.ipynb")
    }
    collect(empty, make_zip(tmp_path / "class.zip", files, hours_apart=1), timezone="UTC")
    assert str(read_timestamp(empty, "Ana-1")) == "2026-11-23 12:02:00"
    assert (empty.submission("Ana-1") / "handed-in-timestamp.txt").exists()
    assert not (empty.submission("Ana-1") / "late.txt").exists()
    collect(empty, make_zip(tmp_path / "canvas.zip", {"exampleana_7_8_timestamp.txt": b"2000-01-01 00:00:00 UTC"}))
    assert read_timestamp(empty, "exampleana-7") is None


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


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "name",
    [
        "Honest-Hal_222_333_exercise2_chain_rule.ipynb",
        "Honest Hal_222_assignsubmission_file_exercise2.ipynb",
        "Honest Hal_222_assignsubmission_file_/exercise2.ipynb",
        "Honest-Hal_222_333_a.ipynb/Honest-Hal_222_333_a.ipynb",
        "Honest-Hal-222/lab03/a.ipynb",
        "../Honest-Hal-222/lab03/a.ipynb",
    ],
)
def test_nobody_is_replaced_by_somebody_elses_file(empty: Course, tmp_path: Path, name: str, packed: bool) -> None:
    """A file below one student's folder, with a name as another one's has in Moodle or Canvas."""
    honest = {"Honest Hal_222_assignsubmission_file_/exercise1.ipynb": b"honest"}
    collect(empty, make_zip(tmp_path / "one.zip", honest))
    source = tmp_path / "two"
    if packed or name.startswith(".."):
        source = make_zip(tmp_path / "two.zip", {f"Eve Evil_111_assignsubmission_file_/{name}": b"evil"})
    else:
        path = source / "Eve Evil_111_assignsubmission_file_" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"evil")
    result = collect(empty, source)
    assert result.replaced == [] and result.new == ([] if name.startswith("..") else ["Eve-Evil-111"])
    assert handed_in(empty)["Honest-Hal-222/lab03/exercise1.ipynb"] == b"honest"


def test_the_one_folder_of_a_student_is_no_class_of_canvas(empty: Course, tmp_path: Path) -> None:
    collect(empty, make_zip(tmp_path / "canvas.zip", {"honesthal_222_332_a.ipynb": b"honest"}))
    result = collect(empty, make_zip(tmp_path / "folder.zip", {"s02/honesthal_222_333_a.ipynb": b"evil"}))
    assert result.new == ["s02"] and result.replaced == [] and "give that folder as FROM" in str(result)


def test_a_name_that_ends_in_a_number_of_canvas_takes_nobodys_place(own: Course, tmp_path: Path) -> None:
    (own.home / "students.csv").write_text("id,lms_user_id\ns-hal,222\n")
    files = {"ourgroup_222_111_333_a.ipynb": b"evil", "theirs_222_334_a.ipynb": b"honest", "bo_1_335_a.ipynb": b"bo"}
    result = collect(own, make_zip(tmp_path / "canvas.zip", files))
    assert result.new == ["bo-1"] and "ourgroup, theirs: Canvas's number 222" in " ".join(result.refused)


def test_canvas_knows_people_by_number(own: Course, tmp_path: Path) -> None:
    (own.home / "students.csv").write_text("id,lms_user_id\ns-ana,1001\n")
    assert collect(own, make_zip(tmp_path / "submissions.zip", CANVAS)).new == ["lateone-1002", "s-ana"]


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
    monkeypatch.setattr("autograder.collect.download.MAX_FILE", 1000)
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
