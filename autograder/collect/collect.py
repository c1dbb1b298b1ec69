"""Collecting submissions: from a class download of Moodle or Canvas, or from folders, into submitted/."""

from __future__ import annotations

import datetime
import shutil
import tempfile
import zoneinfo
from dataclasses import dataclass
from pathlib import Path

from autograder.collect.classlist import Student, read_students, write_students
from autograder.collect.download import Download, open_archive, open_folder
from autograder.collect.lms import Owner, folder_name, of_canvas, owners
from autograder.collect.moodle import Delivery, Key, Matched, by_folders, by_worksheet
from autograder.collect.place import Collected, free_name, put_in_place
from autograder.collect.recipients import Recipient, read_recipients, write_recipients
from autograder.collect.worksheet import Worksheet, read_worksheet
from autograder.course import Course, CourseError, clock_times, find_zone
from autograder.intake import OURS, Refused


@dataclass(frozen=True)
class Known:
    """What the teacher says of a download: the worksheet of the same assignment, and whose clocks its times are of."""

    sheet: Worksheet | None
    zone: zoneinfo.ZoneInfo | None


def collect(course: Course, source: Path, worksheet: Path | None = None, timezone: str | None = None) -> Collected:
    """Take submissions from a zip archive, or from a folder of files, folders and zip archives.

    `worksheet` is Moodle's grading worksheet of the same assignment, `timezone` the zone of the times in it or, without
    it, in the archive. CourseError where that cannot be done at all; what is wrong with one student is in the result.
    """
    try:
        known = Known(read_worksheet(worksheet) if worksheet else None, find_zone(timezone) if timezone else None)
    except ValueError as error:
        raise CourseError(f"TIMEZONE: {error}.") from None
    result = Collected(zone=timezone or "")
    course.submitted.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        collect_archive(course, source, source.name, known, result)
    elif source.is_dir():
        collect_folder(course, source, known, result)
    else:
        raise CourseError(f"{source} does not exist: give the download of the class as FROM=archive.zip.")
    if not (result.new or result.replaced or result.unchanged or result.refused):
        raise CourseError(
            f"There is no submission in {source}: no name in it is that of a file of Moodle or Canvas, "
            "and there are no folders of students."
        )
    return result


def collect_archive(course: Course, path: Path, name: str, known: Known, result: Collected) -> None:
    """Unpack an archive in a place of its own, then hand its files in. An unsafe one is refused whole."""
    with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as folder:
        try:
            download = open_archive(path, Path(folder))
        except Refused as refused:
            result.refused.append(f"{name}: {refused}")
            return
        hand_in(course, download, known, result)


def collect_folder(course: Course, source: Path, known: Known, result: Collected) -> None:
    files, refused = open_folder(source)
    result.refused += refused
    _, named = owners(list(files), course.lab)
    archives = [path for path in files if path.lower().endswith(".zip") and "/" not in path and path not in named]
    for name in archives:
        collect_archive(course, files.pop(name), name, known, result)
    if files:
        hand_in(course, Download(files, {}), known, result)  # files that were unpacked or copied have any date


def hand_in(course: Course, download: Download, known: Known, result: Collected) -> None:
    """Put the files of a download into submitted/, one folder a submission."""
    system, named = owners(list(download.files), course.lab)
    result.unassigned += [path for path in download.files if path not in named]
    if not named:
        return
    result.systems.add(system)
    classlist = course.home / "students.csv"
    students = read_students(classlist)
    collected = [each for each in read_recipients(course.submitted, course.lab) if each.system == system]
    matched = match(system, list(named.values()), known, students, collected)
    result.notes += matched.notes
    result.refused += matched.refused
    own: dict[Key, list[tuple[str, Owner]]] = {}
    for path, owner in sorted(named.items()):
        own.setdefault((owner.name, owner.number), []).append((path, owner))
    if system == "folders" and len(own) == 1 and any(of_canvas([owner.file]) for owner in named.values()):
        result.notes.append(
            "names like Canvas's lie in the only folder: for a class from Canvas give that folder as FROM"
        )
    # all times before any file, so that a wrong zone changes nothing
    times = {key: when(matched.deliveries[key], own[key], download, known, result) for key in matched.deliveries}
    if any(times.values()) and not known.sheet:
        result.notes.append(
            "the times are the dates in the archive. Moodle before 4.1 writes the date of the download there: then all "
            "are nearly the same, and nobody's. Give its grading worksheet, or leave TIMEZONE out"
        )
    for key, delivery in sorted(matched.deliveries.items(), key=lambda item: item[1].submission):
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as folder:
            new = Path(folder) / "new"
            copy_files(own[key], download, new, system)
            if any(owner.late for _, owner in own[key]):
                (new / "late.txt").write_text(f"{system} marked this submission as late.\n")
                result.late.append(delivery.submission)
            if moment := times[key]:
                (new / "timestamp.txt").write_text(f"{moment.isoformat(' ')} UTC\n")
            put_in_place(course, delivery.submission, new, result)
    if system != "folders":
        recipients = [each for delivery in matched.deliveries.values() for each in delivery.recipients]
        write_recipients(course.submitted, course.lab, recipients, matched.wrong)
    if matched.students != students:
        write_students(classlist, matched.students)
        result.notes.append(
            f"students.csv: {len(matched.students)} people, {len(matched.students) - len(students)} of them new"
        )


def match(
    system: str, found: list[Owner], known: Known, students: list[Student], collected: list[Recipient]
) -> Matched:
    """Whose the files are, as far as anybody says."""
    if system == "Moodle":
        if known.sheet:
            return by_worksheet(found, known.sheet, students, collected)
        return by_folders(found, students, collected)
    if known.sheet:
        raise CourseError(f"{known.sheet.path} is Moodle's, but the names of this download are not: leave one out.")
    ids = {student.lms_user_id: student.id for student in students if student.lms_user_id and system == "Canvas"}
    result = Matched(students=students)
    names: dict[str, set[str]] = {}
    for owner in found:
        names.setdefault(owner.number, set()).add(owner.name)
    for number, several in names.items() if system == "Canvas" else ():
        if len(several) > 1:  # a name that ends in a number, such as a group may choose, passes for somebody else's
            result.refused.append(
                f"{', '.join(sorted(several))}: Canvas's number {number} is one person's; rename them"
            )
    for owner in found:
        if system == "Canvas" and len(names[owner.number]) > 1:
            continue
        student = ids.get(owner.number) or (owner.student if system == "Canvas" else folder_name(owner.name))
        recipient = Recipient(student, system, owner.number, owner.name, student)
        result.deliveries[owner.name, owner.number] = Delivery(student, [recipient])
    return result


def when(
    delivery: Delivery, own: list[tuple[str, Owner]], download: Download, known: Known, result: Collected
) -> datetime.datetime | None:
    """When something was handed in, in UTC; None if nobody says so. CourseError if the zone cannot be right."""
    dated = [download.times[path] for path, owner in own if owner.dated and path in download.times]
    local = delivery.row.handed_in if delivery.row else max(dated, default=None)
    if local is None or known.zone is None:
        if delivery.recipients[0].system == "Moodle":
            result.untimed.append(delivery.submission)
        return None
    moments = clock_times(local, known.zone)
    if not moments:
        raise CourseError(
            f"TIMEZONE={known.zone.key}: clocks there never showed {local}, but {delivery.submission} has that time. "
            "It is another zone: for a worksheet that in the teacher's profile, for an archive that of the server."
        )
    if len(moments) == 2:
        result.notes.append(f"{delivery.submission}: clocks showed {local} twice that night; the earlier time is taken")
    result.times.append(moments[0])
    return moments[0]


def copy_files(own: list[tuple[str, Owner]], download: Download, new: Path, system: str) -> None:
    """Copy the files of one submission. A file of a student under one of our names tells nothing."""
    for path, owner in own:
        trusted = system == "folders" and owner.file == "timestamp.txt"
        ours = owner.file in OURS and not trusted
        target = free_name(new / (f"handed-in-{owner.file}" if ours else owner.file))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(download.files[path], target)
