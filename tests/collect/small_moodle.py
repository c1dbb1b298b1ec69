"""A small Moodle: makes the files that an assignment offers for download, and takes back what is uploaded.

It follows what Moodle 4.5 does, written anew for these tests: names of files lose some of their signs, dates are by the
clock of the server and without a zone, the worksheet is in the teacher's language.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

#: the heads of columns and the word before a number, in the languages of teachers
COLUMNS = {
    "en": "Identifier|Full name|Email address|ID number|Status|Group|Grade|Maximum grade|Grade can be changed|"
    "Last modified (submission)|Online text|Last modified (grade)|Feedback comments",
    "de": "ID|Vollständiger Name|E-Mail-Adresse|ID-Nummer|Status|Gruppe|Bewertung|Bestwertung|Bewertung kann geändert "
    "werden|Zuletzt geändert (Abgabe)|Texteingabe online|Zuletzt geändert (Bewertung)|Feedback als Kommentar",
    "fr": "Identifiant|Nom complet|Adresse de courriel|Numéro d’identification|Statut|Groupe|Note|Note maximale|"
    "La note peut être modifiée|Dernière modification (travail remis)|Texte en ligne|Dernière modification (note)|"
    "Feedbacks par commentaires",
    "zh": "标识符|全名|电子邮件地址|学号|状态|小组|成绩|最高分|允许更改成绩|"
    "最后修改时间(提交)|在线文本|最后修改时间(成绩)|反馈评论",
}
WORDS = {"en": "Participant", "de": "Teilnehmer/in", "fr": "Participant", "zh": "参与者"}
DATES = {
    "en": "EEEE, d MMMM y, h:mm a",
    "de": "EEEE, d. MMMM y, HH:mm",
    "fr": "EEEE d MMMM y, HH:mm",
    "zh": "y年MM月dd日 EEEE HH:mm",
}


@dataclass
class Person:
    """A participant, with the moment of handing in (UTC) or None, and what the assignment got from and for them."""

    name: str
    number: int
    email: str = ""
    handed_in: datetime.datetime | None = None
    group: str = ""
    online_text: str = ""
    grade: float | None = None
    comment: str = ""
    marked: datetime.datetime | None = None
    feedback: dict[str, bytes] = field(default_factory=dict)


@dataclass
class SmallMoodle:
    """One assignment. `now` is the time in UTC; groups have numbers of their own, which may be a participant's, too."""

    people: list[Person]
    zone: str = "Europe/Berlin"
    language: str = "en"
    blind: bool = False
    grouped: bool = False
    folders: bool = True
    online_text: bool = False
    addresses: bool = True
    maximum: float = 10.0
    now: datetime.datetime = datetime.datetime(2026, 11, 25, 14, 26)
    group_numbers: dict[str, int] = field(default_factory=dict)

    # ------------------------------------------------------------------ downloads

    def archive(self, path: Path) -> Path:
        """Download all submissions."""
        done = set()
        with zipfile.ZipFile(path, "w") as file:
            for person in self.people:
                prefix = self.prefix(person)
                if person.handed_in is None or prefix in done:
                    continue
                done.add(prefix)
                if person.online_text:
                    self.write(file, prefix, "onlinetext", "onlinetext.html", person.online_text, self.now)
                for name in ("one.ipynb", "deeper/two.ipynb"):
                    self.write(file, prefix, "file", name, f"{person.name}: {name}", person.handed_in)
        return path

    def write(
        self, file: zipfile.ZipFile, prefix: str, kind: str, name: str, text: str, moment: datetime.datetime
    ) -> None:
        start = clean(f"{prefix}_assignsubmission_{kind}")
        place = f"{start}/{name}" if self.folders else f"{start}_{name.split('/')[-1]}"
        file.writestr(zipfile.ZipInfo(place, self.local(moment).timetuple()[:6]), text)

    def prefix(self, person: Person) -> str:
        if self.grouped:
            number = f"_{self.group_numbers[person.group]}" if person.group else ""
            return clean((person.group or "Default group").replace("_", " ") + number)
        name = WORDS[self.language] if self.blind else person.name
        return clean(f"{name.replace('_', ' ')}_{person.number}")

    def worksheet(self, path: Path) -> Path:
        """Download grading worksheet."""
        left_out = {place for place, unwanted in self.unwanted().items() if unwanted}
        rows = [COLUMNS[self.language].split("|"), *map(self.row, self.people)]
        buffer = io.StringIO()
        csv.writer(buffer).writerows([cell for place, cell in enumerate(row) if place not in left_out] for row in rows)
        path.write_text("\ufeff" + buffer.getvalue(), newline="")
        return path

    def unwanted(self) -> dict[int, bool]:
        """The columns that this assignment does not show."""
        hidden = self.blind or not self.addresses
        return {1: self.blind, 2: hidden, 3: True, 5: not self.grouped, 10: not self.online_text}

    def row(self, person: Person) -> list[str]:
        sign = "," if self.language in ("de", "fr") else "."
        grade = "" if person.grade is None else f"{person.grade:.2f}".replace(".", sign)
        status = "Submitted for grading -  - " if person.handed_in else "No submission -  - "
        return [
            *(f"{WORDS[self.language]} {person.number}", person.name, person.email, "", status),
            *(person.group or "Default group", grade, f"{self.maximum:.2f}".replace(".", sign), "Yes"),
            *(self.date(person.handed_in), person.online_text, self.date(person.marked), person.comment),
        ]

    def date(self, moment: datetime.datetime | None) -> str:
        if moment is None:
            return "-"
        return format_datetime(self.local(moment), DATES[self.language], locale=self.language)

    def local(self, moment: datetime.datetime) -> datetime.datetime:
        return moment.replace(tzinfo=datetime.UTC).astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)

    # ------------------------------------------------------------------ uploads

    def take_worksheet(self, data: bytes, tick: bool = False) -> None:
        """Upload grading worksheet. ValueError where Moodle would refuse the whole file."""
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        names = COLUMNS[self.language].split("|")
        identifier, grade, marked, comment = (rows[0].index(names[place]) for place in (0, 6, 11, 12))
        people = {person.number: person for person in self.people}
        for row in rows[1:]:
            number = row[identifier][len(WORDS[self.language]) + 1 :]
            if not number:
                raise ValueError("Error reading from database")
            person = people[int(number)]
            # only English dates can be read here
            dates = {self.date(person.marked): person.marked} if self.language == "en" else {}
            stale = person.marked is not None and not dates.get(row[marked])
            if stale and not tick:
                continue
            points = row[grade].replace("," if self.language in ("de", "fr") else ".", ".")
            if points and 0 <= float(points) <= self.maximum:
                person.grade, person.marked = float(points), self.now
            if row[comment] != person.comment:
                person.comment, person.marked = row[comment], self.now

    def take_feedback(self, path: Path) -> None:
        """Upload feedback files in a zip. What belongs to no participant is passed over."""
        people = {person.number: person for person in self.people}
        with zipfile.ZipFile(path) as file:
            for name in file.namelist():
                folder, _, page = name.partition("/")
                parts = folder.split("_", 4)
                if len(parts) < 4 or not parts[1].isdecimal() or parts[2:4] != ["assignsubmission", "file"]:
                    continue
                if person := people.get(int(parts[1])):
                    person.feedback[page] = file.read(name)
                    person.marked = self.now


def clean(name: str) -> str:
    """A name as that of a file."""
    return re.sub(r"[\x00-\x1f&<>\"`|':\\/]", "", name).replace("..", "")


def a_class() -> list[Person]:
    """People with all sorts of names, who handed in an hour apart; the last one did not."""
    names = [
        "Ana María García López",
        "Seán O'Brien",
        "Jürgen Müller-Lüdenscheidt",
        "太郎 山田",
        'Max_Under Score & Co: "Q"',
        "Anna Schmidt",
        "Anna Schmidt",
        "Łukasz Żółć-D’Angelo",
        "Wolfgang " * 20 + "von und zu Ende",
        "John Doe 3",
        "Nora Nichts",
    ]
    people = [Person(name, 37 + number, f"s{number:02}@example.org") for number, name in enumerate(names)]
    for hour, person in enumerate(people[:-1]):
        person.handed_in = datetime.datetime(2026, 11, 24, 6 + hour, 30)
    return people
