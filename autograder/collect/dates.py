"""The dates in a grading worksheet of Moodle: text in the language of the teacher, without a zone."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from babel import Locale, localedata

NONE = ("", "-")  # where Moodle has no date
LONGEST = 100  # characters of a date
CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)|(?<!\d)(\d{1,2})[.h](\d{2})(?!\d)")
#: Chinese, Japanese and Korean name months by number
NUMBERED = re.compile(r"(\d{4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
#: small words between the parts of a date, which say nothing
GLUE = frozenset(
    [
        "at",
        "um",
        "à",
        "às",
        "as",
        "de",
        "del",
        "of",
        "den",
        "kl",
        "klo",
        "la",
        "в",
        "у",
        "о",
        "г",
        "ob",
        "le",
        "il",
        "el",
    ]
)


@dataclass(frozen=True)
class Words:
    """What months (from 1), days of the week (from Monday, 0) and the halves of a day (1: after noon) are called."""

    months: dict[str, int]
    days: dict[str, int]
    halves: dict[str, int]


@dataclass(frozen=True)
class Read:
    """A date that was read. `sure` if its hour cannot be one of a clock of twelve hours whose half was overlooked."""

    when: datetime.datetime
    sure: bool


def is_date(text: str) -> bool:
    """Whether a cell looks like a date with a time of day, in any language."""
    return len(text) <= LONGEST and bool(re.search(r"\d{4}", text)) and bool(CLOCK.search(text))


def read_dates(texts: list[str]) -> list[datetime.datetime | None]:
    """The dates in the cells of one file, by the clock of whoever made it; None where a cell has none.

    All are in one language: the first one in which all can be read, and in which the days of the week agree with the
    dates, which they would not if a month were misunderstood. ValueError if there is no such language.
    """
    dates = [plain(text[: LONGEST + 1]) for text in texts if text.strip() not in NONE]
    for language in languages() if dates else []:
        words = words_of(language)
        if read_date(dates[0], words) is None:
            continue
        found = [read_date(date, words) for date in dates]
        good = [each for each in found if each is not None]
        if len(good) == len(dates) and any(each.sure for each in good):
            times = iter(good)
            return [None if text.strip() in NONE else next(times).when for text in texts]
    if dates:
        raise ValueError(f"the date {dates[0][:LONGEST]!r} can be read in no language")
    return [None] * len(texts)


def plain(text: str) -> str:
    """Small letters, plain spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def languages() -> list[str]:
    """The languages whose words for months are known, without their variants by country; English first."""
    names = [name for name in localedata.locale_identifiers() if re.fullmatch(r"[a-z]+(_[A-Z][a-z]+)?", name)]
    return sorted(names, key=lambda name: (name != "en", name))


def words_of(language: str) -> Words:
    locale = Locale.parse(language)
    forms = ("format", "stand-alone")
    months = {plain(name): number for form in forms for number, name in locale.months[form]["wide"].items()}
    days = {plain(name): number for form in forms for number, name in locale.days[form]["wide"].items()}
    halves = {"am": 0, "a.m.": 0, "pm": 1, "p.m.": 1}
    for width in ("wide", "abbreviated"):
        named = locale.day_periods["format"][width]
        halves |= {plain(named[key]): half for half, key in enumerate(("am", "pm")) if key in named}
    return Words(months, days, halves)


def read_date(text: str, words: Words) -> Read | None:
    """A date in one language, or None if it is none there. `text` is plain."""
    clocks = list(CLOCK.finditer(text))
    if not clocks or len(text) > LONGEST:
        return None
    clock = next((each for each in clocks if each[1]), clocks[-1])
    hour, minute = (int(part) for part in clock.groups() if part)
    text = f"{text[: clock.start()]} {text[clock.end() :]}"
    weekday, text = take(text, words.days)
    half, text = take(text, words.halves)
    if numbered := NUMBERED.search(text):
        year, month, day = map(int, numbered.groups())
        text = text.replace(numbered[0], " ")
    else:
        named, text = take(text, words.months)
        numbers = re.findall(r"\d+", text)
        if named is None or sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
            return None
        month, (day, year) = named, map(int, sorted(numbers, key=len))
    rest = set(re.findall(r"[^\W\d_]+", text)) - GLUE
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * half
    try:
        when = datetime.datetime(year, month, day, hour, minute)
    except ValueError:
        return None
    return Read(when, half is not None or not rest or hour == 0 or hour > 12) if when.weekday() == weekday else None


def take(text: str, names: dict[str, int]) -> tuple[int | None, str]:
    """What the longest of these names in a text stands for, and the text without it."""
    for name in sorted(names, key=len, reverse=True):
        if name and name in text and (match := re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)):
            return names[name], f"{text[: match.start()]} {text[match.end() :]}"
    return None, text
