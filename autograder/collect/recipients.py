"""Who gets the grade and the feedback of a submission: the file submitted/<lab>.csv, which `collect` writes.

Its numbers are Moodle's, where a person has another one in every assignment, or Canvas's. It lies outside of the
folders of submissions, so that nothing in a submission can pass for it. A submission of a group has a line for each
member.
"""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from autograder.collect.lms import number_in
from autograder.course import CourseError, read_table


@dataclass(frozen=True)
class Recipient:
    """One person in a learning management system. `submission` is the folder in submitted/, `student` the person's id.

    The two differ where a group handed in together.
    """

    submission: str
    system: str
    number: str
    name: str
    student: str


def recipients_file(submitted: Path, lab: str) -> Path:
    return submitted / f"{lab}.csv"


def read_recipients(submitted: Path, lab: str) -> list[Recipient]:
    """The recipients of all submissions to a lab. CourseError if the file cannot be read.

    A folder that was put into submitted/ by hand, under the name that it has in Moodle's download, tells its number.
    """
    path = recipients_file(submitted, lab)
    head = [field.name for field in fields(Recipient)]
    table = [row for _, row in read_table(path)] if path.is_file() else [head]
    if table[:1] != [head] or any(len(row) != len(head) for row in table):
        raise CourseError(f"{path} was changed, and cannot be read: delete it, and collect the class again.")
    found = [Recipient(*row) for row in table[1:]]
    known = {each.submission for each in found}
    folders = sorted(path.parent.name for path in submitted.glob(f"*/{lab}"))
    by_hand = [(name, number_in(name)) for name in folders if name not in known]
    return found + [Recipient(name, "Moodle", number, name.split("_")[0], name) for name, number in by_hand if number]


def write_recipients(submitted: Path, lab: str, new: list[Recipient], wrong: set[str]) -> None:
    """Write down the recipients of submissions that were collected. Those of others stay, but for the wrong ones."""
    replaced = wrong | {each.submission for each in new}
    path = recipients_file(submitted, lab)
    others = read_recipients(submitted, lab) if path.exists() else []
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    lines.writerow([field.name for field in fields(Recipient)])
    lines.writerows(astuple(each) for each in [*(each for each in others if each.submission not in replaced), *new])
    path.with_suffix(".new").write_text(buffer.getvalue())
    path.with_suffix(".new").replace(path)
