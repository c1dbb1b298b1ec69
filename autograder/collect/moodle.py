"""Whose the folders of a Moodle download are: by a worksheet of the same assignment, or by the folders alone.

A number is believed only together with the name beside it, since in an assignment for groups the numbers in the
download are those of groups, and may be some participant's by chance.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from autograder.collect.classlist import Student
from autograder.collect.download import ZIP_ITSELF
from autograder.collect.enrol import enrol
from autograder.collect.lms import LONGEST_NAME, Owner, folder_name, same_name
from autograder.collect.people import UNCERTAIN, called_as_groups, how_many_listed, is_blind, of_people
from autograder.collect.recipients import Recipient
from autograder.collect.worksheet import Row, Worksheet
from autograder.course import CourseError, command

#: what is left of letters outside ASCII when a program took the names in an archive for those of another encoding
GARBLED = re.compile("[+\u2500-\u259f\ufffd]|#U[0-9a-f]{4}|[ÃÂ][\u0080-\u00bf]")
Key = tuple[str, str]  # the name and the number of a folder


@dataclass
class Delivery:
    """One submission: the id that it gets, its recipients, and the row of the worksheet that tells its time."""

    submission: str
    recipients: list[Recipient]
    row: Row | None = None


@dataclass
class Matched:
    """What is known of a class: the delivery of each folder, the class list, what is odd, and what is not taken.

    `wrong` are submissions that were collected before under a number that is somebody else's.
    """

    deliveries: dict[Key, Delivery] = field(default_factory=dict)
    students: list[Student] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)


def by_folders(owners: list[Owner], students: list[Student], collected: list[Recipient]) -> Matched:
    """Without a worksheet: a student for each number. CourseError if the class seems to be in groups."""
    keys = sorted({(owner.name, owner.number) for owner in owners})
    if why := groups_because(keys, students, collected):
        raise CourseError(
            f"This is a download of an assignment for groups ({why}): its numbers are those of groups, but Moodle "
            "takes grades and feedback by those of participants. Give Moodle's grading worksheet too: WORKSHEET=csv."
        )
    result = Matched(students=students)
    known = {each.number: each.submission for each in collected}
    for key in keys:
        student = known.get(key[1]) or Owner(*key, "").student
        result.deliveries[key] = Delivery(student, [Recipient(student, "Moodle", key[1], key[0], student)])
        if GARBLED.search(key[0]):
            result.notes.append(f"{key[0]!r}: {ZIP_ITSELF}")
    recipients = [each for delivery in result.deliveries.values() for each in delivery.recipients]
    if not of_people(recipients, [student.name for student in students]):
        result.notes.append(f"{UNCERTAIN}: collect with WORKSHEET=csv before you export")
    return result


def groups_because(keys: list[Key], students: list[Student], collected: list[Recipient]) -> str:
    """Why a download without a worksheet seems to be of groups, else ""."""
    names = [name for name, _ in keys]
    listed = [student.name for student in students if student.name]
    if unnumbered := [name for name, number in keys if not number]:
        return f"{unnumbered[0]!r} has no number"
    if any(each.student != each.submission for each in collected):
        return "it was collected as one before"
    if is_blind(names) or (listed and 2 * how_many_listed(names, listed) >= len(names)):
        return ""
    if listed:
        return f"{names[0]!r} and others are nobody in students.csv"
    return f"{names[0]!r} and others are called as groups are" if called_as_groups(names) else ""


def by_worksheet(owners: list[Owner], sheet: Worksheet, students: list[Student], collected: list[Recipient]) -> Matched:
    """With a worksheet: who is in it, and the class list with everybody in it. CourseError if most are not."""
    folders = sorted({(owner.name, owner.number) for owner in owners})
    rows = {row.number: row for row in sheet.rows}
    members = {key: [rows[key[1]]] for key in folders if key[1] in rows and fits(key[0], rows[key[1]])}
    place, grouped = 0, not members
    blind = not any(same_name(name) == same_name(row.name) for (name, _), (row, *_) in members.items())
    if grouped:
        place, members = in_groups(folders, sheet)
        blind = place == 1  # only the status is left of it
    if 2 * len(members) < len(folders):  # a few may agree by chance
        raise CourseError(
            f"{sheet.path} is of another assignment than this download, or not of everybody: of {len(folders)} folders "
            f"{len(members)} are in it, by name and number. Download both anew; {ZIP_ITSELF}."
        )
    result = Matched(students=students)
    ids = {row.number: folder_name(f"{row.word}-{row.number}") for row in sheet.rows}
    if not blind:
        known = {each.number: each.submission for each in collected if own_number(each, rows)}
        enrolled = enrol(sheet, students, known)
        ids, result.students, result.notes = enrolled.ids, enrolled.students, enrolled.notes
    for key in folders:
        if key not in members:
            there = f" ({key[1]} is {rows[key[1]].name or rows[key[1]].word} there)" if key[1] in rows else ""
            result.refused.append(f"{'_'.join(filter(None, key))!r} is not in {sheet.path.name}{there}; {ZIP_ITSELF}")
            continue
        # a long name is cut off, so that two groups may need their numbers
        long = len(folder_name(key[0])) == LONGEST_NAME
        group = f"group-{folder_name(key[0])}" + (f"-{key[1]}" if long else "")
        submission = group if grouped else ids[members[key][0].number]
        people = [
            Recipient(submission, "Moodle", row.number, row.word if blind else row.name, ids[row.number])
            for row in members[key]
        ]
        result.deliveries[key] = Delivery(submission, people, members[key][0])
    new = {delivery.submission for delivery in result.deliveries.values()}
    for each in collected:
        other = grouped or (each.number in rows and not fits(each.name, rows[each.number]))
        if other and each.student == each.submission and each.submission not in new:
            result.wrong.add(each.submission)
            result.notes.append(
                f"submitted/{each.submission} was collected without the worksheet, under a number that is not its own: "
                f"`{command('drop', None, f'STUDENT={each.submission}', each.submission)}` puts it aside."
            )
    return result


def own_number(recipient: Recipient, rows: dict[str, Row]) -> bool:
    """Whether a submission that was collected before bears its participant's number."""
    row = rows.get(recipient.number)
    return row is not None and recipient.student == recipient.submission and fits(recipient.name, row)


def fits(name: str, row: Row) -> bool:
    """Whether a folder of this name can be a participant's: it has the full name, or in blind marking the same word."""
    return same_name(name) in (same_name(row.name), same_name(row.word))


def in_groups(folders: list[Key], sheet: Worksheet) -> tuple[int, dict[Key, list[Row]]]:
    """The column that holds the names of most folders, and their members by it.

    Groups whose names cannot be told apart are left out, since files' names have lost some of their signs.
    """
    names = Counter(same_name(name) for name, _ in folders)
    best: tuple[int, dict[str, list[Row]]] = 0, {}
    for place in range(1, min(len(row.before) for row in sheet.rows)):  # first are the names of people, or the status
        found: dict[str, list[Row]] = {}
        for row in sheet.rows:
            found.setdefault(same_name(row.before[place]), []).append(row)
        clear = {
            name: rows
            for name, rows in found.items()
            if names[name] == 1 and len({row.before[place] for row in rows}) == 1
        }
        best = max(best, (place, clear), key=lambda each: len(each[1]))
    return best[0], {key: best[1][same_name(key[0])] for key in folders if same_name(key[0]) in best[1]}
