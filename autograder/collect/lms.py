"""Who handed in a file, from its path in a class download: plugins of nbgrader's zip_collect. And the way back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nbgrader.plugins import FileNameCollectorPlugin
from traitlets import Unicode


@dataclass(frozen=True)
class Owner:
    """Whose file it is, what it was called, and whether the system marked it as late."""

    student: str
    name: str
    late: bool = False


class Collector(FileNameCollectorPlugin):
    """nbgrader's plugin for file names, for files of every kind, quiet about those that do not match."""

    def collect(self, submitted_file: str) -> dict[str, str | None] | None:
        match = re.match(self.named_regexp, submitted_file)
        return match.groupdict() if match else None


class MoodleCollector(Collector):
    """`Full Name_12345_assignsubmission_file_/exercise1.ipynb`, or the same without folders.

    In blind marking the name is `Participant`, in assignments for groups it is the group's; that of students who are
    in none has no number.
    """

    named_regexp = Unicode(
        r"(?:[^/]+/)*?(?P<student_id>[^/]+?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+_?/?(?P<file_id>[^/].*)"
    ).tag(config=True)


class CanvasCollector(Collector):
    """`lastfirst_LATE_12345_67890_exercise1-1.ipynb`, where LATE stands only in late ones.

    In anonymous marking it is `LATE_anon_aB3dE_67890_exercise1.ipynb`. What was typed into Canvas is no file of the
    student and has one number less: `lastfirst_12345_text.html`.
    """

    named_regexp = Unicode(
        r"(?:[^/]+/)*(?P<late_first>LATE_)?(?P<student_id>anon|(?:(?!_assignsubmission_)[^/])+?)(?P<late>_(?:LATE|late))?"
        r"_(?P<number>\d+|(?<=anon_)\w{5})_(?:\d+_(?P<file_id>[^/]+)|(?P<typed>(?:text|link)\.html))$"
    ).tag(config=True)


SYSTEMS = {"Canvas": CanvasCollector(), "Moodle": MoodleCollector()}


def owners(paths: list[str], lab: str) -> tuple[str, dict[str, Owner]]:
    """Whose the files at these paths are, and the system that named them so; files of nobody are left out.

    A system has named them if it has named most of what lies at the top: deeper down students choose the names. Else
    folders are taken for students: `<student>/<file>` or `<student>/<lab>/<file>`.
    """
    split = below_common(paths, lab)
    tops = {parts[0] for parts in split.values()}
    for system, collector in SYSTEMS.items():
        found = {path: owner for path in paths if (owner := named(collector.collect(path)))}
        if found and 2 * len({split[path][0] for path in found}) >= len(tops):
            return system, found
    return "folders", in_folders(split, lab)


def named(match: dict[str, str | None] | None) -> Owner | None:
    if not match:
        return None
    student = folder_name(match["student_id"] or "") + (f"-{match['number']}" if match["number"] else "")
    late = bool(match.get("late") or match.get("late_first"))
    return Owner(student, match["file_id"] or match.get("typed") or "", late)


def below_common(paths: list[str], lab: str) -> dict[str, list[str]]:
    """The parts of each path, without the folders around the whole class."""
    split = {path: path.split("/") for path in paths}
    while len({parts[0] for parts in split.values()}) == 1 and all(len(parts) > 2 for parts in split.values()):
        if any(parts[1] == lab for parts in split.values()):
            break  # the one folder is a student's
        split = {path: parts[1:] for path, parts in split.items()}
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
            found[path] = Owner(folder_name(parts[0]), "/".join(rest))
    return found


def folder_name(name: str) -> str:
    """A name as that of a folder: letters, digits and a few signs."""
    return re.sub(r"[^\w.-]+", "-", unicodedata.normalize("NFC", name)).strip("-.")[:80] or "unnamed"


def name_and_number(student: str) -> tuple[str, str]:
    """What a student is called and numbered in a system, from the name of the folder; the number is "" if it has none.

    Folders are named so by `owners`, or by Moodle in its download of all submissions.
    """
    match = re.fullmatch(r"(.+)(?:-(\d+)|_(\d+)_assignsubmission.*)", student)
    return (match[1], match[2] or match[3]) if match else (student, "")
