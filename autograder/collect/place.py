"""Putting a submission in its place: what was there before is kept, and what came of it all is said."""

from __future__ import annotations

import datetime
import filecmp
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from autograder.collect.submitted import read_timestamp
from autograder.course import Course, CourseError
from autograder.intake import OURS


@dataclass
class Collected:
    """What came of it. Nothing is lost: what was not taken stands in `refused` or `unassigned`."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    retimed: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    unassigned: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    systems: set[str] = field(default_factory=set)
    #: times of handing in that were taken, in UTC, and the submissions from Moodle without one
    times: list[datetime.datetime] = field(default_factory=list)
    zone: str = ""
    untimed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [
            f"{len(self.new)} new, {len(self.replaced)} replaced, {len(self.unchanged)} unchanged "
            f"(named by {', '.join(sorted(self.systems)) or 'nobody'})"
        ]
        if self.replaced:
            lines.append(f"replaced, with what was there kept beside it: {', '.join(self.replaced)}")
        if self.times:
            span = f"from {min(self.times)} to {max(self.times)} UTC"
            lines.append(f"{len(self.times)} times of handing in by the clocks of {self.zone}, {span}")
        if self.retimed:
            lines.append(f"another time of handing in than before: {', '.join(self.retimed)}")
        if self.untimed:
            more = f" and {len(self.untimed) - 10} more" if len(self.untimed) > 10 else ""
            lines.append(
                f"no time of handing in, so in time: {', '.join(self.untimed[:10])}{more}. Moodle tells times in its "
                "worksheet and in the zip itself, without a zone: say whose clock it is with TIMEZONE=Europe/Berlin"
            )
        if self.late:
            lines.append(f"marked as late: {', '.join(self.late)}")
        lines += self.notes
        lines += [f"nobody's: {path}" for path in self.unassigned]
        lines += [f"refused: {line}" for line in self.refused]
        return "\n".join(lines)


def put_in_place(course: Course, student: str, new: Path, result: Collected) -> None:
    """Make a folder the student's submission. What was there before is kept beside it, unless it is the same."""
    target = course.submission(student)
    target.parent.mkdir(parents=True, exist_ok=True)
    before = time_in(course, student)
    if not target.exists():
        new.rename(target)
        result.new.append(student)
    elif same(new, target):
        for name in OURS:  # what is known of it may have become more
            if (new / name).exists():
                shutil.copyfile(new / name, target / name)
        result.unchanged.append(student)
    else:
        number = 1
        while (old := target.with_name(f"{course.lab}.before-{number}")).exists():
            number += 1
        target.rename(old)
        new.rename(target)
        result.replaced.append(student)
    try:
        after = read_timestamp(course, student)
    except CourseError as error:
        result.refused.append(f"{error}")
        return
    if student in result.unchanged and before and after != before:
        result.retimed.append(f"{student} ({before} UTC, now {after} UTC)")


def time_in(course: Course, student: str) -> datetime.datetime | None:
    try:
        return read_timestamp(course, student)
    except CourseError:
        return None


def same(one: Path, two: Path) -> bool:
    """Whether two folders hold the same files of the student."""
    names = [
        {path.relative_to(each) for path in each.rglob("*") if path.is_file()} - set(map(Path, OURS))
        for each in (one, two)
    ]
    return names[0] == names[1] and all(filecmp.cmp(one / name, two / name, shallow=False) for name in names[0])


def free_name(path: Path) -> Path:
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free
