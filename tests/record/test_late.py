"""Due dates, penalties and extensions from late.toml."""

from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.course import CourseError
from autograder.record.late import DAY, LatePenalty, read_rules

RULES = """
[penalty]
percent_per_day = 10
at_most_percent = 40
grace_minutes = 15
zero_after_days = 7

[due]
lab03 = 2026-12-01T18:00:00+01:00

[extensions.lab03]
s07 = 2026-12-04T18:00:00+01:00
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "late.toml"
    path.write_text(RULES)
    return path


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [(0, 0), (15 * 60, 0), (15 * 60 + 1, 6), (DAY, 6), (DAY + 1, 12), (6 * DAY, 24), (7 * DAY + 1, 60)],
)
def test_the_penalty_follows_the_rule(file: Path, seconds: float, penalty: float) -> None:
    assert read_rules(file).penalty(60, seconds) == penalty


def test_nbgraders_plugin_uses_the_same_rule(file: Path) -> None:
    plugin = LatePenalty(config=Config({"LatePenalty": {"file": str(file)}}))
    assert plugin.late_submission_penalty("s01", 60.0, DAY + 1) == 12
    assert LatePenalty().late_submission_penalty("s01", 60.0, DAY + 1) is None


def test_a_time_may_have_the_zone_of_a_place(file: Path) -> None:
    file.write_text(RULES.replace("2026-12-01T18:00:00+01:00", '"2026-12-01 18:00 Europe/Berlin"'))
    assert str(read_rules(file).due["lab03"]) == "2026-12-01 17:00:00"


@pytest.mark.parametrize("letters", ["IST", "PST"])
def test_letters_that_many_use_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch, letters: str) -> None:
    monkeypatch.setattr("time.tzname", ("UTC", "UTC"))
    file.write_text(RULES.replace("2026-12-01T18:00:00+01:00", f'"2026-12-01 18:00 {letters}"'))
    with pytest.raises(CourseError, match=r"late\.toml .* can mean \d different times: write it like"):
        read_rules(file)


def test_times_are_utc_and_an_extension_belongs_to_one_student(file: Path) -> None:
    rules = read_rules(file)
    assert str(rules.due["lab03"]) == "2026-12-01 17:00:00"
    assert rules.extension("lab03", "s07").days == 3
    assert rules.extension("lab03", "s08") is None and rules.extension("lab04", "s07") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("percent_per_day = 10", "percent_a_day = 10", "unknown rule 'percent_a_day'"),
        ("percent_per_day = 10", "percent_per_day = 110", "not a number from 0 to 100"),
        ("percent_per_day = 10", "percent_per_day = '10'", "not a number"),
        ("lab03 = 2026-12-01T18:00:00+01:00", "lab03 = 2026-12-01T18:00:00", "has no zone: write it like"),
        ("2026-12-01T18:00:00+01:00", '"01.12.2026"', "lab03 = '01.12.2026' is not a date and a time"),
        ("2026-12-01T18:00:00+01:00", "01.12.2026", "write it like 2026-12-05T18:00:00+01:00"),
        ("2026-12-01T18:00:00+01:00", "2026-12-01", "lab03 = '2026-12-01' is not a date and a time"),
        ("s07 = 2026-12-04", "s07 = 2026-11-04", "ends before the lab is due"),
        ("[extensions.lab03]", "[extensions.lab04]", "ends before the lab is due, or it has no due"),
        ("[due]", "[dues]", "unknown table 'dues'"),
        ("[due]", "[due", "Expected"),
    ],
)
def test_a_mistake_in_the_file_is_named(file: Path, old: str, new: str, message: str) -> None:
    assert old in RULES
    file.write_text(RULES.replace(old, new))
    with pytest.raises(CourseError, match="late.toml cannot be used: ") as error:
        read_rules(file)
    assert message in str(error.value)
