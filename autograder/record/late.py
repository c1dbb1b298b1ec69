"""Lateness: due dates, the rule for penalties, and extensions, all from the file late.toml.

    [penalty]
    percent_per_day = 10     # of the points earned, for each day begun
    at_most_percent = 50     # default: 100
    grace_minutes = 15       # default: 0
    zero_after_days = 7      # default: never

    [due]
    lab03 = 2026-12-01T18:00:00+01:00

    [extensions.lab03]
    s07 = "2026-12-04 18:00 Europe/Berlin"

`LatePenalty` is nbgrader's late-submission plugin: `nbgrader autograde` and this package use the same rule.
"""

from __future__ import annotations

import datetime
import math
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.plugins import LateSubmissionPlugin
from traitlets import Unicode

from autograder.course import EXAMPLES, CourseError, parse_moment, student_id

DAY = 24 * 3600


@dataclass(frozen=True)
class Rules:
    """What late.toml says. Times are UTC without a zone, as in nbgrader's gradebook."""

    percent_per_day: float = 0.0
    at_most_percent: float = 100.0
    grace_minutes: float = 0.0
    zero_after_days: float = math.inf
    due: dict[str, datetime.datetime] = field(default_factory=dict)
    extensions: dict[str, dict[str, datetime.datetime]] = field(default_factory=dict)

    def extension(self, lab: str, student: str) -> datetime.timedelta | None:
        """How much longer than the others a student has for a lab."""
        own = self.extensions.get(lab, {}).get(student)
        return own - self.due[lab] if own else None

    def penalty(self, score: float, seconds_late: float) -> float:
        """The points that lateness takes from `score`: 0 to all of it."""
        if seconds_late <= self.grace_minutes * 60:
            return 0.0
        if seconds_late > self.zero_after_days * DAY:
            return score
        percent = min(self.percent_per_day * math.ceil(seconds_late / DAY), self.at_most_percent)
        return score * percent / 100


def read_rules(path: Path) -> Rules | None:
    """The rules in a file, or None where there is no such file. CourseError where it is not as it should be."""
    if not path.is_file():
        return None
    try:
        data = tomllib.loads(path.read_text())
        if unknown := set(data) - {"penalty", "due", "extensions"}:
            raise ValueError(f"unknown table {sorted(unknown)[0]!r}; known are penalty, due, extensions")
        numbers = {key: number(key, value) for key, value in data.get("penalty", {}).items()}
        due = {lab: moment(lab, value) for lab, value in data.get("due", {}).items()}
        extensions = {
            lab: {student_id(student): moment(student, value) for student, value in own.items()}
            for lab, own in data.get("extensions", {}).items()
        }
        for lab, own in extensions.items():
            for student, until in own.items():
                if lab not in due or until < due[lab]:
                    raise ValueError(
                        f"the extension of {student} for {lab} ends before the lab is due, or it has no due"
                    )
        return Rules(**numbers, due=due, extensions=extensions)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path} cannot be used: {error}. As for times, {EXAMPLES}, a text in quotes.") from None
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} cannot be used: {error}") from None


def number(key: str, value: Any) -> float:
    highest = {"percent_per_day": 100, "at_most_percent": 100, "grace_minutes": math.inf, "zero_after_days": math.inf}
    if key not in highest:
        raise ValueError(f"unknown rule {key!r}; known are {', '.join(highest)}")
    if type(value) not in (int, float) or not 0 <= value <= highest[key]:
        raise ValueError(f"{key} = {value!r} is not a number from 0 to {highest[key]}")
    return float(value)


def moment(key: str, value: Any) -> datetime.datetime:
    """The time in UTC that stands for a lab or a student: one of TOML's with an offset, or a text with any zone."""
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).replace(tzinfo=None)
    try:
        return parse_moment(str(value))
    except ValueError as error:
        raise ValueError(f"{key} = {error}") from None


def without_time(students: list[str], lab: str) -> list[str]:
    """That nobody knows when these handed in, in a line."""
    if not students:
        return []
    more = f" and {len(students) - 10} more" if len(students) > 10 else ""
    return [
        f"no time of handing in, so in time for late.toml: {', '.join(sorted(students)[:10])}{more}. It would stand in "
        f"submitted/<student>/{lab}/timestamp.txt"
    ]


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's late-submission plugin, by the rule in late.toml."""

    file = Unicode("", help="Path of late.toml").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        rules = read_rules(Path(self.file))
        return rules.penalty(score, total_seconds_late) if rules else None
