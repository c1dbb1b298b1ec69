"""Moments: a time with a zone that has one meaning, and the clocks of a place. Nothing is guessed.

All results are in UTC, without a zone, as nbgrader's gradebook keeps them.
"""

from __future__ import annotations

import datetime
import functools
import re
import time
import zoneinfo

FORM = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(\S{1,60})?")
EXAMPLES = "write it like 2026-12-05T18:00:00+01:00 or 2026-12-05 18:00:00 Europe/Berlin"


def parse_moment(text: str) -> datetime.datetime:
    """The moment that a text names: date, time and zone. ValueError, with what to write, where it names none or two.

    A zone is an offset, `UTC`, the name of a place (`Europe/Berlin`), or letters. Letters are read as this machine
    means them, since nbgrader writes the name of the machine's own zone (`%Z`), else as everybody means them, if that
    is one thing: `IST` and `PST` are used in several parts of the world.
    """
    shown = repr(text[:60])
    if not (match := FORM.fullmatch(text)):
        raise ValueError(f"{shown} is not a date and a time with a zone: {EXAMPLES}")
    day, clock, zone = match.groups()
    if zone is None:
        raise ValueError(f"{shown} has no zone: {EXAMPLES}")
    try:
        if zone[0] in "+-Z":  # the digits of an offset, as in ISO 8601
            return datetime.datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(datetime.UTC).replace(tzinfo=None)
        found = meanings(zone, datetime.datetime.fromisoformat(f"{day}T{clock}"))
    except (ValueError, OverflowError):
        raise ValueError(f"{shown} is no date, time or zone that there is: {EXAMPLES}") from None
    if len(found) != 1:
        raise ValueError(f"{shown} can mean {len(found)} different times: {EXAMPLES}")
    return found[0]


def meanings(zone: str, local: datetime.datetime) -> list[datetime.datetime]:
    """All that a time can mean in a zone. ValueError if there is no such zone, or no such time there."""
    if zone in ("UTC", "GMT"):
        found = [local]
    elif "/" in zone:
        found = clock_times(local, find_zone(zone))
    elif zone in time.tzname:
        found = [local + datetime.timedelta(seconds=time.timezone if zone == time.tzname[0] else time.altzone)]
    else:
        found = sorted(local - offset for offset in offsets(zone, local.year))
    if not found:
        raise ValueError(zone)
    return found


@functools.cache
def offsets(letters: str, year: int) -> frozenset[datetime.timedelta]:
    """How far from UTC the zones are that are called by these letters, in winter or in summer."""
    days = [datetime.datetime(year, month, 1) for month in (1, 7)]
    moments = [day.replace(tzinfo=zoneinfo.ZoneInfo(zone)) for zone in zoneinfo.available_timezones() for day in days]
    return frozenset(
        offset for each in moments if each.tzname() == letters and (offset := each.utcoffset()) is not None
    )


def clock_times(local: datetime.datetime, zone: zoneinfo.ZoneInfo) -> list[datetime.datetime]:
    """The moments, in UTC, at which the clocks of a zone show a time.

    There are two in the hour that comes twice at the end of summer time, and none in the hour that is left out.
    """
    found = set()
    for fold in (0, 1):
        utc = local.replace(tzinfo=zone, fold=fold).astimezone(datetime.UTC)
        if utc.astimezone(zone).replace(tzinfo=None, fold=0) == local:
            found.add(utc.replace(tzinfo=None))
    return sorted(found)


def find_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of a place, such as `Europe/Berlin`. ValueError if there is none of this name."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name[:60]!r} is no time zone: write the name of a place, such as Europe/Berlin") from None
