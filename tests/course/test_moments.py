"""A text names one moment, or none."""

import datetime
import time
from collections.abc import Callable, Iterator

import pytest

from autograder.course import clock_times, find_zone, parse_moment


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Lets this machine's clock be that of a place."""

    def be_in(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    be_in("UTC")
    yield be_in
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23 18:00:00 UTC", "2026-11-23T18:00:00"),
        ("2026-11-23 18:00:00.123456 UTC", "2026-11-23T18:00:00.123456"),
        ("2026-12-05T18:00Z", "2026-12-05T18:00:00"),
        ("2026-12-05T18:00:00+01:00", "2026-12-05T17:00:00"),
        ("2026-12-05 18:00:00 +0530", "2026-12-05T12:30:00"),
        ("2026-12-05 18:00 Europe/Berlin", "2026-12-05T17:00:00"),
        ("2026-07-05 18:00 Europe/Berlin", "2026-07-05T16:00:00"),
        ("2026-12-05 18:00 CET", "2026-12-05T17:00:00"),
        ("2026-07-05 18:00 CEST", "2026-07-05T16:00:00"),
        ("2026-12-05 18:00 JST", "2026-12-05T09:00:00"),
    ],
)
def test_one_meaning(text: str, utc: str) -> None:
    assert parse_moment(text).isoformat() == utc


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    "text",
    [
        *("2026-12-05 18:00 IST", "2026-12-05 18:00 PST", "2026-07-05 18:00 PST", "2026-12-05 18:00 CST"),
        *(
            "2026-12-05 18:00",
            "05.12.2026",
            "05.12.2026 18:00 UTC",
            "12/05/2026 18:00 UTC",
            "2026-12-05 UTC",
            "",
            "soon",
        ),
        *("2026-13-05 18:00 UTC", "2026-02-30 18:00 UTC", "2026-12-05 25:00 UTC", "2026-12-05 18:00 +99:99"),
        *("2026-12-05 18:00 XYZ", "2026-12-05 18:00 Europe/Berlyn", "2026-12-05 18:00 ../../etc/passwd"),
        *("2026-10-25 02:30 Europe/Berlin", "2026-03-29 02:30 Europe/Berlin", "0001-01-01 00:00 +10:00"),
        *("2026-12-05 18:00 " + "A" * 1_000_000, "9" * 1_000_000),
    ],
)
def test_none_or_several(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 2026-12-05T18:00:00\\+01:00") as error:
        parse_moment(text)
    assert len(str(error.value)) < 250


@pytest.mark.parametrize(
    ("zone", "text", "utc"),
    [
        ("Asia/Kolkata", "2026-12-05 18:00:00.000000 IST", "2026-12-05T12:30:00"),
        ("Europe/Dublin", "2026-07-05 18:00:00.000000 IST", "2026-07-05T17:00:00"),
        ("America/Los_Angeles", "2026-12-05 18:00:00.000000 PST", "2026-12-06T02:00:00"),
        ("America/Los_Angeles", "2026-07-05 18:00:00.000000 PDT", "2026-07-06T01:00:00"),
    ],
)
def test_letters_are_read_as_this_machine_means_them(
    machine: Callable[[str], None], zone: str, text: str, utc: str
) -> None:
    """nbgrader writes the names of the zone of its own machine."""
    machine(zone)
    assert parse_moment(text).isoformat() == utc


def test_an_hour_that_comes_twice_names_no_moment() -> None:
    with pytest.raises(ValueError, match="can mean 2 different times"):
        parse_moment("2026-10-25 02:30 Europe/Berlin")


def test_clocks_show_some_times_twice_and_some_never() -> None:
    berlin = find_zone("Europe/Berlin")
    day = datetime.datetime(2026, 10, 25)
    assert [len(clock_times(day.replace(hour=hour, minute=30), berlin)) for hour in (1, 2, 3)] == [1, 2, 1]
    assert clock_times(datetime.datetime(2026, 3, 29, 2, 30), berlin) == []
