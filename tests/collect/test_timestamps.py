"""timestamp.txt: a moment that has one meaning, or a line that says what to write."""

import os
from pathlib import Path

import pytest

from autograder.collect import read_timestamp, read_timestamps
from autograder.course import Course, CourseError


def write(course: Course, data: bytes, student: str = "s01") -> None:
    course.submission(student).mkdir(parents=True)
    (course.submission(student) / "timestamp.txt").write_bytes(data)


@pytest.mark.parametrize(
    "data",
    [b"2026-11-23 18:00:00 UTC", b"\xef\xbb\xbf2026-11-23 18:00:00.000000 UTC\r\n", b"2026-11-23 19:00 Europe/Berlin"],
)
def test_what_names_a_moment_is_read(empty: Course, data: bytes) -> None:
    write(empty, data)
    assert str(read_timestamp(empty, "s01")) == "2026-11-23 18:00:00"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"soon",
        b"9" * 500,
        b"9999999-1-1",
        b"\xff\xfe2",
        b"05.12.2026",
        b"2026-12-05 18:00 IST",
        b"2026-12-05 18:00",
    ],
)
def test_what_names_none_is_refused_with_what_to_write(empty: Course, data: bytes) -> None:
    write(empty, data)
    write(empty, b"2026-11-23 18:00:00 UTC", "s02")
    with pytest.raises(CourseError, match=r"submitted/s01/lab03/timestamp\.txt ") as error:
        read_timestamp(empty, "s01")
    times, refused = read_timestamps(empty, ["s01", "s02", "s03"])
    assert list(times) == ["s02"] and refused == [str(error.value)] and "\n" not in refused[0]
    assert "UTF-8" in refused[0] or "write it like 2026-12-05T18:00:00+01:00" in refused[0]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_not_followed(empty: Course, tmp_path: Path, there: bool) -> None:
    empty.submission("s01").mkdir(parents=True)
    if there:
        (tmp_path / "time").write_text("2026-11-23 18:00:00 UTC")
    os.symlink(tmp_path / "time", empty.submission("s01") / "timestamp.txt")
    with pytest.raises(CourseError, match="is no short file of text"):
        read_timestamp(empty, "s01")
