"""Collecting submissions: from a class download of Moodle or Canvas, or from folders, into submitted/."""

from __future__ import annotations

import datetime
import filecmp
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from autograder.collect.lms import Owner, owners
from autograder.course import Course, CourseError
from autograder.intake import MAX_FILE, OURS, Refused, path_of, safe_members

MAX_MEMBERS = 100_000
MAX_BYTES = 20_000_000_000  # of a whole class, unpacked
DOWNLOAD = datetime.timedelta(hours=1)  # dates closer together than this are those of the download


@dataclass
class Collected:
    """What came of it. Nothing is lost: what was not taken stands in `refused` or `unassigned`."""

    new: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    unassigned: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    systems: set[str] = field(default_factory=set)
    #: downloads of Moodle that do not tell when each student handed in
    undated: int = 0

    def __str__(self) -> str:
        lines = [
            f"{len(self.new)} new, {len(self.replaced)} replaced, {len(self.unchanged)} unchanged "
            f"(named by {', '.join(sorted(self.systems)) or 'nobody'})"
        ]
        if self.replaced:
            lines.append(f"replaced, with what was there kept beside it: {', '.join(self.replaced)}")
        if self.late:
            lines.append(f"marked as late: {', '.join(self.late)}")
        if self.undated:
            lines.append(
                "no times: all files have the date of the download, as in Moodle 4. So everybody counts as in time; "
                "write the times of late ones into submitted/<student>/<lab>/timestamp.txt"
            )
        lines += [f"nobody's: {path}" for path in self.unassigned]
        lines += [f"refused: {line}" for line in self.refused]
        return "\n".join(lines)


def collect(course: Course, source: Path) -> Collected:
    """Take submissions from a zip archive, or from a folder of files, folders and zip archives."""
    result = Collected()
    course.submitted.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        collect_archive(course, source, source.name, result)
    elif source.is_dir():
        collect_folder(course, source, result)
    else:
        raise CourseError(f"{source} does not exist: give the download of the class as FROM=archive.zip.")
    if not (result.new or result.replaced or result.unchanged or result.refused):
        raise CourseError(
            f"There is no submission in {source}: no name in it is that of a file of Moodle or Canvas, "
            "and there are no folders of students."
        )
    return result


def collect_archive(course: Course, path: Path, name: str, result: Collected) -> None:
    """Unpack an archive in a place of its own, then hand its files in. An unsafe one is refused whole."""
    with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as folder:
        try:
            with ZipFile(path) as archive:
                infos = safe_members(archive, MAX_MEMBERS)
                if sum(info.file_size for info in infos) > MAX_BYTES:
                    raise Refused(f"unpacked it takes more than {MAX_BYTES / 1e9:.0f} GB")
                for number, info in enumerate(infos):
                    unpack(archive, info, Path(folder) / str(number))
            times = {path_of(info): datetime.datetime(*info.date_time) for info in infos}
        except Refused as refused:
            result.refused.append(f"{name}: {refused}")
            return
        except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, EOFError, NotImplementedError) as error:
            result.refused.append(f"{name}: it cannot be unpacked ({type(error).__name__}: {str(error)[:100]})")
            return
        files = {path_of(info): Path(folder) / str(number) for number, info in enumerate(infos)}
        hand_in_files(course, files, times, result)


def unpack(archive: ZipFile, info: ZipInfo, target: Path) -> None:
    """Write a member to a file of ours; of one over the limit just enough that intake sees it is too large."""
    left = min(info.file_size, MAX_FILE + 1)
    with archive.open(info) as file, open(target, "wb") as out:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            out.write(chunk)
            left -= len(chunk)


def collect_folder(course: Course, source: Path, result: Collected) -> None:
    files: dict[str, Path] = {}
    for place, folders, names in os.walk(source):
        folders[:] = sorted(each for each in folders if each not in ("__MACOSX", ".git"))
        for name in sorted([*names, *(each for each in folders if (Path(place) / each).is_symlink())]):
            path = Path(place) / name
            relative = path.relative_to(source).as_posix()
            if path.is_symlink() or not path.is_file():
                result.refused.append(f"{relative!r}: it is a link or a special file")
            elif not relative.isprintable():
                result.refused.append(f"{relative!r}: it has control characters in its name")
            else:
                files[relative] = path
    _, known = owners(list(files), course.lab)
    archives = [path for path in files if path.lower().endswith(".zip") and "/" not in path and path not in known]
    for name in archives:
        collect_archive(course, files.pop(name), name, result)
    if files:
        times = {name: datetime.datetime.fromtimestamp(path.stat().st_mtime) for name, path in files.items()}
        hand_in_files(course, files, times, result)


def hand_in_files(
    course: Course, files: dict[str, Path], times: dict[str, datetime.datetime], result: Collected
) -> None:
    """Put files into submitted/, one folder a student."""
    system, known = owners(list(files), course.lab)
    if known:
        result.systems.add(system)
    result.unassigned += [path for path in files if path not in known]
    dates = [times[path] for path in known]
    dated = system == "Moodle" and max(dates) - min(dates) > DOWNLOAD
    result.undated += system == "Moodle" and not dated
    by_student: dict[str, list[tuple[str, Owner]]] = {}
    for path, owner in sorted(known.items()):
        by_student.setdefault(owner.student, []).append((path, owner))
    for student, own in sorted(by_student.items()):
        with tempfile.TemporaryDirectory(prefix=".collect-", dir=course.submitted) as folder:
            new = Path(folder) / "new"
            for path, owner in own:
                ours = system != "folders" and owner.name in OURS  # a student's file of this name tells nothing
                target = free_name(new / (f"handed-in-{owner.name}" if ours else owner.name))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(files[path], target)
            if any(owner.late for _, owner in own):
                (new / "late.txt").write_text(f"{system} marked this submission as late.\n")
                result.late.append(student)
            if dated:
                newest = max(times[path] for path, _ in own)
                (new / "timestamp.txt").write_text(f"{newest.isoformat(' ')}\n")
            put_in_place(course, student, new, result)


def free_name(path: Path) -> Path:
    number = 2
    free = path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free


def put_in_place(course: Course, student: str, new: Path, result: Collected) -> None:
    """Make a folder the student's submission. What was there before is kept beside it, unless it is the same."""
    target = course.submission(student)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        result.new.append(student)
    elif same(new, target):
        result.unchanged.append(student)
        return
    else:
        number = 1
        while (old := target.with_name(f"{course.lab}.before-{number}")).exists():
            number += 1
        target.rename(old)
        result.replaced.append(student)
    new.rename(target)


def same(one: Path, two: Path) -> bool:
    """Whether two folders hold the same files."""
    names = [{path.relative_to(each) for path in each.rglob("*") if path.is_file()} for each in (one, two)]
    return names[0] == names[1] and all(filecmp.cmp(one / name, two / name, shallow=False) for name in names[0])
