"""The people in a worksheet of Moodle, and the lines of the class list: a person is one student in all labs.

Moodle's numbers are other ones in every assignment, so people are known by their e-mail address or ID number, and where
a worksheet shows neither, by a name that nobody else has.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from autograder.collect.classlist import Student
from autograder.collect.lms import folder_name
from autograder.collect.people import words_of
from autograder.collect.worksheet import Worksheet
from autograder.course import command


@dataclass
class Enrolled:
    """The class list with everybody in it, the id of each participant by Moodle's number, and what is odd, in lines."""

    students: list[Student]
    ids: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def enrol(sheet: Worksheet, students: list[Student], collected: dict[str, str]) -> Enrolled:
    """Find or add the line of every participant. `collected`: ids under which this lab has submissions, by number."""
    result = Enrolled(list(students))
    places = {student.id: place for place, student in enumerate(students)}
    names = Counter(words_of(row.name) for row in sheet.rows)
    known = Known(students)
    taken = set(places)
    for row in sheet.rows:
        alone = names[words_of(row.name)] == 1
        email, key = sheet.cell(row, sheet.address), sheet.cell(row, sheet.key)
        found = known.find(row.name if alone else "", email, key)
        if found is None or found.id in result.ids.values():
            name = folder_name(row.name)
            wanted = collected.get(row.number) or (name if alone and name not in taken else "")
            wanted = wanted or free(f"{name}-{folder_name(email.split('@')[0] or key or row.number)}", taken)
            first, _, last = row.name.rpartition(" ")
            found = Student(wanted, first.strip(), last, email, key)
            if alone and name in places and found.id != name:
                result.notes.append(
                    f"{found.id} is taken for somebody else than {name}, whose e-mail address or number differs in "
                    "students.csv. If they are one person, correct it there, and collect again."
                )
            taken.add(found.id)
        if found.id not in places:
            places[found.id] = len(result.students)
            result.students.append(found)
        filled = replace(found, email=found.email or email, lms_user_id=found.lms_user_id or key)
        result.students[places[found.id]] = filled
        result.ids[row.number] = found.id
        if (other := collected.get(row.number, found.id)) != found.id:
            result.notes.append(
                f"submitted/{other} and submitted/{found.id} are one person: the first was collected without the "
                f"worksheet. `{command('drop', None, f'STUDENT={other}', other)}` puts it aside."
            )
    return result


class Known:
    """The people in a class list."""

    def __init__(self, students: list[Student]) -> None:
        self._by_email = {student.email.casefold(): student for student in students if student.email}
        self._by_key = {student.lms_user_id: student for student in students if student.lms_user_id}
        self._by_name: dict[tuple[str, ...], list[Student]] = {}
        for student in students:
            self._by_name.setdefault(words_of(student.name), []).append(student)

    def find(self, name: str, email: str, key: str) -> Student | None:
        """The line of a person. By name only where neither side has anything better that differs."""
        found = self._by_email.get(email.casefold()) or self._by_key.get(key)
        if found is None and name and len(same := self._by_name.get(words_of(name), [])) == 1:
            (one,) = same
            if not (one.email and email) and not (one.lms_user_id and key):
                found = one
        return found


def free(name: str, taken: set[str]) -> str:
    number = 2
    found = name
    while found in taken:
        found = f"{name}-{number}"
        number += 1
    return found
