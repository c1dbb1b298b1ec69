"""When something was handed in: from Moodle's files by the clocks of a named place, and never by a guess."""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from autograder.collect import collect, read_timestamp, read_timestamps
from autograder.course import Course, CourseError
from tests.collect.small_moodle import Person, SmallMoodle

MINUTE = datetime.timedelta(minutes=1)


def class_at(*moments: datetime.datetime, **options) -> SmallMoodle:
    """A class of p1, p2 and so on, who handed in at these moments (UTC)."""
    return SmallMoodle([Person(f"p{n}", n, f"p{n}@x.org", moment) for n, moment in enumerate(moments, 1)], **options)


def at(local: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime.datetime:
    """A moment in UTC, from the clock of a place."""
    when = datetime.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return when.astimezone(datetime.UTC).replace(tzinfo=None)


@pytest.mark.parametrize("sheet", [True, False])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
@pytest.mark.parametrize("due", ["2026-03-29T12:00", "2026-10-25T12:00"])
def test_a_class_across_the_change_of_the_clocks(own: Course, tmp_path: Path, sheet: bool, zone: str, due: str) -> None:
    """On both sides of a deadline by a minute, and a day before, when clocks showed something else."""
    deadline = at(due, zone)
    moments = [deadline - MINUTE, deadline + MINUTE, deadline - 1441 * MINUTE, deadline + 1441 * MINUTE]
    moodle = class_at(*moments, zone=zone)
    worksheet = moodle.worksheet(tmp_path / "sheet.csv") if sheet else None
    result = collect(own, moodle.archive(tmp_path / "all.zip"), worksheet, zone)
    names = [f"p{number}" if sheet else f"p{number}-{number}" for number in (1, 2, 3, 4)]
    assert [read_timestamp(own, name) for name in names] == moments
    assert result.untimed == [] and f"{zone}, from {min(moments)} to {max(moments)} UTC" in str(result)


@pytest.mark.parametrize("sheet", [True, False])
def test_without_a_zone_no_time_is_taken(own: Course, tmp_path: Path, sheet: bool) -> None:
    moodle = class_at(at("2026-11-20T10:00"), at("2026-11-24T17:59"))
    worksheet = moodle.worksheet(tmp_path / "sheet.csv") if sheet else None
    result = collect(own, moodle.archive(tmp_path / "all.zip"), worksheet)
    assert read_timestamps(own, result.new) == ({}, [])
    assert len(result.untimed) == 2 and "TIMEZONE=Europe/Berlin" in str(result)
    again = collect(own, moodle.archive(tmp_path / "all.zip"), worksheet, "Europe/Berlin")
    assert len(again.unchanged) == 2 and len(read_timestamps(own, again.unchanged)[0]) == 2  # they come later
    third = collect(own, moodle.archive(tmp_path / "all.zip"), worksheet, "Europe/London")
    assert len(third.retimed) == 2 and "2026-11-20 09:00:00 UTC, now 2026-11-20 10:00:00 UTC" in str(third)


def test_who_has_no_time_in_the_worksheet_is_named(own: Course, tmp_path: Path) -> None:
    moodle = class_at(at("2026-11-20T10:00"), at("2026-11-24T17:59"))
    archive = moodle.archive(tmp_path / "all.zip")
    moodle.people[1].handed_in = None  # taken back to a draft, for instance
    result = collect(own, archive, moodle.worksheet(tmp_path / "sheet.csv"), "Europe/Berlin")
    assert read_timestamp(own, "p2") is None and "in time: p2. Moodle" in str(result)


def test_a_lab_in_class_is_handed_in_within_the_hour(own: Course, tmp_path: Path) -> None:
    moments = [at("2026-11-24T17:50"), at("2026-11-24T17:59"), at("2026-11-24T18:01")]
    result = collect(own, class_at(*moments).archive(tmp_path / "all.zip"), timezone="Europe/Berlin")
    assert [read_timestamp(own, name) for name in sorted(result.new)] == moments
    assert "the date of the download there" in str(result)


def test_a_typed_text_bears_the_date_of_the_download(own: Course, tmp_path: Path) -> None:
    moodle = class_at(at("2026-11-23T12:00"), at("2026-11-24T12:00"), online_text=True)
    moodle.people[0].online_text = "See my files"
    collect(own, moodle.archive(tmp_path / "all.zip"), timezone="Europe/Berlin")
    assert read_timestamp(own, "p1-1") == at("2026-11-23T12:00")
    assert (own.submission("p1-1") / "onlinetext.html").exists()


def test_files_that_were_unpacked_have_no_date(own: Course, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked/p1_1_assignsubmission_file"
    folder.mkdir(parents=True)
    (folder / "one.ipynb").write_text("x")
    result = collect(own, tmp_path / "unpacked", timezone="Europe/Berlin")
    assert read_timestamp(own, "p1-1") is None and result.untimed == ["p1-1"]


def test_the_hour_that_comes_twice_is_said(own: Course, tmp_path: Path) -> None:
    moodle = class_at(at("2026-10-25T02:30", fold=1))
    result = collect(own, moodle.archive(tmp_path / "all.zip"), moodle.worksheet(tmp_path / "s.csv"), "Europe/Berlin")
    assert read_timestamp(own, "p1") == at("2026-10-25T02:30", fold=0)
    assert any("p1: clocks showed 2026-10-25 02:30:00 twice" in note for note in result.notes)


def test_an_hour_that_never_was_shows_a_wrong_zone(own: Course, tmp_path: Path) -> None:
    moodle = class_at(at("2026-03-28T12:00"), datetime.datetime(2026, 3, 29, 2, 30), zone="UTC")
    with pytest.raises(CourseError, match="never showed 2026-03-29 02:30:00, but p2-2"):
        collect(own, moodle.archive(tmp_path / "all.zip"), timezone="Europe/Berlin")
    assert not own.submission("p1-1").exists()


@pytest.mark.parametrize("zone", ["CET-1", "Berlin", "", " ", "../../etc/passwd", "/etc/localtime", "Europe"])
def test_a_zone_that_is_none(own: Course, tmp_path: Path, zone: str) -> None:
    moodle = class_at(at("2026-11-24T12:00"))
    if not zone:
        assert collect(own, moodle.archive(tmp_path / "all.zip"), timezone=zone).untimed == ["p1-1"]
        return
    with pytest.raises(CourseError, match="TIMEZONE: .* is no time zone"):
        collect(own, moodle.archive(tmp_path / "all.zip"), timezone=zone)


def test_a_time_that_cannot_be_read_is_named_at_once(own: Course, tmp_path: Path) -> None:
    for name, text in {"s01": "05.12.2026", "s02": "2026-11-23 18:00:00 UTC"}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "timestamp.txt").write_text(text)
        (tmp_path / "class" / name / "one.ipynb").write_text(name)
    result = collect(own, tmp_path / "class")
    assert sorted(result.new) == ["s01", "s02"] and len(result.refused) == 1
    assert "submitted/s01/lab03/timestamp.txt cannot be used: '05.12.2026'" in result.refused[0]
    assert "write it like 2026-12-05T18:00:00+01:00" in result.refused[0]
