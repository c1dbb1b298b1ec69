"""feedback/<lab>.zip: the pages of everybody, as Moodle takes them back.

To pack the pages of a class takes a tenth of the time that it takes to write them, so they are packed in all cores, and
what has not changed is taken over from the archive before as it lies there.
"""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from autograder.collect import folder_name, of_people, read_recipients, read_students
from autograder.course import Course
from autograder.dispatch import cores

AT_A_TIME = 100  # entries that are packed in memory


@dataclass(frozen=True)
class Entry:
    """A page, with its name in the archive."""

    page: Path
    name: str

    def pack(self) -> tuple[zipfile.ZipInfo, bytes]:
        """What zipfile would say of it, and its bytes as they stand in an archive."""
        info = zipfile.ZipInfo.from_file(self.page, self.name)
        data = self.page.read_bytes()
        info.CRC, info.file_size = zlib.crc32(data), len(data)
        packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        packed = packer.compress(data) + packer.flush()
        info.compress_type, info.compress_size = zipfile.ZIP_DEFLATED, len(packed)
        return info, packed


def archive(course: Course) -> Path:
    return course.root / "feedback" / f"{course.lab}.zip"


def write_archive(course: Course, folders: list[Path]) -> bool:
    """Put <student>/<notebook>.html of everybody into feedback/<lab>.zip.

    Of submissions from Moodle each recipient, and so each member of a group, gets a folder that is named as in Moodle's
    download of all submissions: <name>_<number>_assignsubmission_file. So Moodle takes the archive back. Where its
    numbers may be those of groups, folders bear our own names, which Moodle passes over; False is returned then.
    """
    uploads: dict[str, list[str]] = {}
    recipients = read_recipients(course.submitted, course.lab)
    certain = of_people(recipients, [student.name for student in read_students(course.home / "students.csv")])
    for each in recipients:
        if certain and each.system == "Moodle":
            name = folder_name(each.name).replace("_", "-")  # Moodle takes the names apart at these signs
            uploads.setdefault(each.submission, []).append(f"{name}_{each.number}_assignsubmission_file")
    entries = [
        Entry(page, f"{upload}/{page.name}")
        for folder in folders
        for page in sorted(folder.glob("*.html"))
        for upload in uploads.get(folder.parent.name, [folder.parent.name])
    ]
    path = archive(course)
    new = path.with_suffix(".new")
    with contextlib.ExitStack() as stack:
        old, kept = None, {}
        with contextlib.suppress(OSError, zipfile.BadZipFile):  # there is none, or it is damaged
            old = stack.enter_context(zipfile.ZipFile(path))
        if old:
            kept = unchanged(old, path.stat().st_mtime_ns, entries)
            if [*kept] == old.namelist() == [entry.name for entry in entries]:
                return certain
        pack_all(new, entries, old, kept)
    new.replace(path)
    return certain


def unchanged(old: zipfile.ZipFile, written: int, entries: list[Entry]) -> dict[str, zipfile.ZipInfo]:
    """What an archive, written at this time in nanoseconds, holds of these entries as they are now, by name."""
    there = {info.filename: info for info in old.infolist()}
    kept = {}
    for entry in entries:
        state, info = entry.page.stat(), there.get(entry.name)
        if info and info.file_size == state.st_size and state.st_mtime_ns < written:
            kept[entry.name] = info
    return kept


def pack_all(path: Path, entries: list[Entry], old: zipfile.ZipFile | None, kept: dict[str, zipfile.ZipInfo]) -> None:
    """Write an archive of these entries; those that are kept are taken from the old one."""
    with zipfile.ZipFile(path, "w") as file, ThreadPoolExecutor(cores()) as pool:
        for start in range(0, len(entries), AT_A_TIME):
            part = entries[start : start + AT_A_TIME]
            packed = pool.map(Entry.pack, [entry for entry in part if entry.name not in kept])
            for entry in part:
                if old and (info := kept.get(entry.name)):
                    put(file, *taken_over(old, info))
                else:
                    put(file, *next(packed))


def taken_over(old: zipfile.ZipFile, there: zipfile.ZipInfo) -> tuple[zipfile.ZipInfo, bytes]:
    """An entry of an archive, its bytes as they stand there."""
    assert old.fp is not None
    # A local header of 30 bytes ends in the lengths of a name and of extra fields, which come next.
    old.fp.seek(there.header_offset + 26)
    lengths = old.fp.read(4)
    old.fp.seek(int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little"), 1)
    info = zipfile.ZipInfo(there.filename, there.date_time)
    info.CRC, info.file_size, info.compress_size = there.CRC, there.file_size, there.compress_size
    info.compress_type, info.external_attr = there.compress_type, there.external_attr
    return info, old.fp.read(there.compress_size)


def put(file: zipfile.ZipFile, info: zipfile.ZipInfo, packed: bytes) -> None:
    """Add an entry that is packed already. zipfile packs by itself only; this is what its `writestr` does then."""
    assert file.fp is not None
    info.header_offset = file.fp.tell()
    file.fp.write(info.FileHeader())
    file.fp.write(packed)
    file.filelist.append(info)
    file.NameToInfo[info.filename] = info
    file.start_dir = file.fp.tell()
    file._didModify = True  # type: ignore[attr-defined]
