"""Who handed in a file, from its path in a class download of Moodle or Canvas."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: `Full Name_12345_assignsubmission_file_/…`. In blind marking the name is `Participant`; in an assignment for groups
#: name and number are the group's, and those who are in no group share a folder without number.
MOODLE_FOLDER = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)_?")
#: The same without folders.
MOODLE_FILE = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)_(?P<file>.+)")
#: `lastfirst_LATE_12345_67890_exercise1-1.ipynb`, where LATE stands only in late ones. In anonymous marking it is
#: `LATE_anon_aB3dE_67890_exercise1.ipynb`. What was typed into Canvas has one number less: `lastfirst_12345_text.html`.
CANVAS_FILE = re.compile(
    r"(?P<late>LATE_)?(?P<name>anon|(?:(?!_assignsubmission_).)+?)(?P<later>_(?:LATE|late))?"
    r"_(?P<number>\d+|(?<=anon_)\w{5})_(?:\d+_(?P<file>.+)|(?P<typed>(?:text|link)\.html))"
)

LONGEST_NAME = 80  # characters of a folder's name


@dataclass(frozen=True)
class Owner:
    """Whose file it is (name and number in the system), what it was called, and what the system says of its time."""

    name: str
    number: str
    file: str
    late: bool = False  # marked so by the system
    dated: bool = False  # whether the date in the archive can be that of handing in

    @property
    def student(self) -> str:
        """The name of a folder for it: name and number."""
        return folder_name(self.name) + (f"-{self.number}" if self.number else "")


def owners(paths: list[str], lab: str) -> tuple[str, dict[str, Owner]]:
    """Whose the files at these paths are, and the system that named them so; files of nobody are left out.

    Only what lies at the top of the download is named by a system: deeper down students choose the names. Moodle's
    names are told by a word that neither Canvas nor students can bring there; of Canvas's there have to be as many as
    of others. Else folders are taken for students: `<student>/<file>` or `<student>/<lab>/<file>`.
    """
    split = top_names(paths, lab)
    found = {path: owner for path, parts in split.items() if (owner := of_moodle(parts))}
    if found:
        return "Moodle", found
    found = {path: owner for path, parts in split.items() if (owner := of_canvas(parts))}
    if found and 2 * len(found) >= len({parts[0] for parts in split.values()}):
        return "Canvas", found
    return "folders", in_folders(split, lab)


def of_moodle(parts: list[str]) -> Owner | None:
    if of_canvas(parts):  # a student's own name for a file may hold Moodle's word
        return None
    match = MOODLE_FOLDER.fullmatch(parts[0]) if len(parts) > 1 else MOODLE_FILE.fullmatch(parts[0])
    if not match:
        return None
    file = "/".join(parts[1:]) or match["file"]
    # a text that was typed into Moodle is written when the archive is made
    return Owner(match["name"], match["number"] or "", file, dated=match["kind"] == "file")


def of_canvas(parts: list[str]) -> Owner | None:
    match = CANVAS_FILE.fullmatch(parts[0]) if len(parts) == 1 else None
    if not match:
        return None
    late = bool(match["late"] or match["later"])
    return Owner(match["name"], match["number"], match["file"] or match["typed"], late=late)


def top_names(paths: list[str], lab: str) -> dict[str, list[str]]:
    """The parts of each path, without the folders around the whole class or around each of several downloads."""
    split = {path: path.split("/") for path in paths}
    while len({parts[0] for parts in split.values()}) == 1 and all(len(parts) > 2 for parts in split.values()):
        if any(parts[1] == lab for parts in split.values()) or any(map(of_moodle, split.values())):
            break  # the one folder is a student's
        split = {path: parts[1:] for path, parts in split.items()}
    inner = {path: parts[1:] for path, parts in split.items()}
    if all(len(parts) > 1 and of_moodle(parts) for parts in inner.values()) and not any(map(of_moodle, split.values())):
        return inner
    return split


def in_folders(split: dict[str, list[str]], lab: str) -> dict[str, Owner]:
    """Each folder is a student. Folders whose names come to the same are left out."""
    names: dict[str, set[str]] = {}
    for parts in split.values():
        names.setdefault(folder_name(parts[0]), set()).add(parts[0])
    found = {}
    for path, parts in split.items():
        if len(parts) > 1 and len(names[folder_name(parts[0])]) == 1:
            rest = parts[2:] if parts[1] == lab and len(parts) > 2 else parts[1:]
            found[path] = Owner(parts[0], "", "/".join(rest))
    return found


def folder_name(name: str) -> str:
    """A name as that of a folder: letters, digits and a few signs."""
    return re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-.")[:LONGEST_NAME] or "unnamed"


def same_name(name: str) -> str:
    """What stays of a name when a system has made the name of a file of it: its letters and digits."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", name).casefold()))


def number_in(folder: str) -> str:
    """Moodle's number in the name of a folder that was taken from its download by hand, else ""."""
    match = MOODLE_FOLDER.fullmatch(folder)
    return (match["number"] or "") if match else ""
