"""Dates in a worksheet: in the teacher's language, and never misread."""

import datetime

import pytest
from babel import Locale
from babel.dates import format_datetime

from autograder.collect.dates import languages, read_dates

WHEN = [
    datetime.datetime(2026, 11, 24, 17, 30),
    datetime.datetime(2026, 5, 3, 0, 5),
    datetime.datetime(2027, 3, 1, 9, 0),
]


@pytest.mark.parametrize(
    ("language", "form"),
    [
        ("en", "EEEE, d MMMM y, h:mm a"),
        ("de", "EEEE, d. MMMM y, HH:mm"),
        ("fr", "EEEE d MMMM y, HH:mm"),
        ("es", "EEEE, d 'de' MMMM 'de' y, HH:mm"),
        ("pt", "EEEE, d 'de' MMMM 'de' y 'às' HH:mm"),
        ("fi", "EEEE d. MMMM y, HH.mm"),
        ("pl", "EEEE, d MMMM y, HH:mm"),
        ("el", "EEEE, d MMMM y, HH:mm"),
        ("tr", "d MMMM y, EEEE, HH:mm"),
        ("vi", "EEEE, d MMMM y, HH:mm"),
        ("zh", "y年MM月dd日 EEEE HH:mm"),
        ("ja", "y年 MM月 d日(EEEE) HH:mm"),
        ("ko", "y년 M월 d일, EEEE, a h:mm"),
    ],
)
def test_languages(language: str, form: str) -> None:
    texts = [format_datetime(when, form, locale=language) for when in WHEN]
    assert read_dates([texts[0], "-", *texts[1:], ""]) == [WHEN[0], None, *WHEN[1:], None]


def test_every_language_with_a_plain_form_is_read_rightly_or_not_at_all() -> None:
    """No language's month is taken for another one's: listopad is October here, and November there."""
    wrong = []
    read = 0
    for language in languages()[::7]:
        text = format_datetime(WHEN[0], "EEEE, d MMMM y, HH:mm", locale=Locale.parse(language))
        try:
            found = read_dates([text])[0]
        except ValueError:
            continue
        read += 1
        wrong += [language] if found != WHEN[0] else []
    assert wrong == [] and read > 30


@pytest.mark.parametrize(
    "text",
    [
        *("05.12.2026 18:00", "2026-12-05 18:00", "12/05/2026, 6:00 PM", "soon", "Tuesday", "5:30 PM"),
        "Tuesday, 24 Smarch 2026, 5:30 PM",
        "Tuesday, 24 November 2026, 5:30 in the evening",  # morning or not
        "Tuesday, 24 November 2026, 17:30 PM",
        "Tuesday, 31 November 2026, 5:30 PM",
        "Tuesday " * 100_000,
    ],
)
def test_what_is_not_certain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="can be read in no language"):
        read_dates([text])


def test_a_day_of_the_week_that_does_not_fit() -> None:
    with pytest.raises(ValueError, match="in no language"):
        read_dates(["Wednesday, 24 November 2026, 5:30 PM"])  # it was a Tuesday


def test_all_are_in_one_language() -> None:
    with pytest.raises(ValueError, match="in no language"):
        read_dates(["Tuesday, 24 November 2026, 5:30 PM", "Dienstag, 24. November 2026, 17:30"])
