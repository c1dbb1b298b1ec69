"""Opening a download: the files of a zip archive or a folder by their paths, with limits, and their dates."""

from __future__ import annotations

import datetime
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from autograder.intake import MAX_FILE, Refused, path_of, safe_members

MAX_MEMBERS = 100_000
MAX_BYTES = 20_000_000_000  # of a whole class, unpacked
ZIP_ITSELF = "where letters are garbled, give the zip itself as FROM, not what a program unpacked from it"


@dataclass(frozen=True)
class Download:
    """Files by the path that they have in the download. `times`: their dates by the clock of whoever wrote them."""

    files: dict[str, Path]
    times: dict[str, datetime.datetime]


def open_archive(path: Path, folder: Path) -> Download:
    """Unpack an archive into a folder of ours. Refused if it is unsafe or cannot be unpacked."""
    try:
        with ZipFile(path) as archive:
            infos = safe_members(archive, MAX_MEMBERS)
            if sum(info.file_size for info in infos) > MAX_BYTES:
                raise Refused(f"unpacked it takes more than {MAX_BYTES / 1e9:.0f} GB")
            for number, info in enumerate(infos):
                unpack(archive, info, folder / str(number))
        times = {path_of(info): datetime.datetime(*info.date_time) for info in infos}
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise Refused(f"it cannot be unpacked ({type(error).__name__}: {str(error)[:100]})") from None
    return Download({path_of(info): folder / str(number) for number, info in enumerate(infos)}, times)


def unpack(archive: ZipFile, info: ZipInfo, target: Path) -> None:
    """Write a member to a file of ours; of one over the limit just enough that intake sees it is too large."""
    left = min(info.file_size, MAX_FILE + 1)
    with archive.open(info) as file, open(target, "wb") as out:
        while left > 0 and (chunk := file.read(min(left, 1 << 20))):
            out.write(chunk)
            left -= len(chunk)


def open_folder(source: Path) -> tuple[dict[str, Path], list[str]]:
    """The files in a folder by path, and why others are refused."""
    files: dict[str, Path] = {}
    refused = []
    for place, folders, names in os.walk(source):
        folders[:] = sorted(each for each in folders if each not in ("__MACOSX", ".git"))
        for name in sorted([*names, *(each for each in folders if (Path(place) / each).is_symlink())]):
            path = Path(place) / name
            relative = path.relative_to(source).as_posix()
            if path.is_symlink() or not path.is_file():
                refused.append(f"{relative!r}: it is a link or a special file")
            elif not relative.isprintable():
                top = relative.split("/")[0]
                shown = relative if top.isprintable() else top  # once for all that is in it
                refused.append(f"{shown!r}: its name has control characters, or garbled letters; {ZIP_ITSELF}")
            else:
                files[relative] = path
    return files, list(dict.fromkeys(refused))
