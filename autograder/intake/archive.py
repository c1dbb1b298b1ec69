"""Zip archives, opened with limits. Nothing is written here; an archive with one unsafe name is refused whole."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from zipfile import ZipFile, ZipInfo

from autograder.intake.cells import Refused, quoted
from autograder.intake.folder import HandedIn
from autograder.intake.foreign import archive as kind_of_archive
from autograder.intake.guard import memory_limit
from autograder.intake.read import MAX_FILE
from autograder.intake.wanted import LEFT_ALONE, MAX_BYTES, MAX_FILES, READ, environments, folder_left_alone, turn

LEVELS = 2  # of archives in archives
MAX_LISTED = 200_000  # files that an archive may list: an environment has some ten thousand
LEFT_OUT = ("__MACOSX/", ".DS_Store")
ZIP = b"PK\x03\x04"


def open_archives(handed: HandedIn, troubles: dict[str, str]) -> None:
    """Replace each zip archive by the files in it that may hold notebooks. One budget serves all archives."""
    budget = Budget(MAX_FILES, MAX_BYTES - sum(len(data) for data in handed.files.values() if data[:4] != ZIP))
    for _ in range(LEVELS):
        for path in [path for path, data in handed.files.items() if data[:4] == ZIP]:
            data = handed.files.pop(path)
            left_out: dict[str, str] = {}
            try:
                members = unzip(data, budget, left_out)
                handed.files |= {f"{path}/{name}": member for name, member in members.items()}
                troubles |= {f"{path}/{name}": why for name, why in left_out.items()}
            except Refused as refused:
                troubles[path] = f"was not opened: {refused}"
    for path, data in list(handed.files.items()):
        if what := "an archive in archives" if data[:4] == ZIP else kind_of_archive(data):
            del handed.files[path]
            troubles[path] = f"was not opened: it is {what}, and only zip archives with notebooks are opened"


class Budget:
    """How many files, and bytes of them, may still be read of one submission."""

    def __init__(self, files: int, size: int) -> None:
        self.files = files
        self.size = size

    def trouble(self, info: ZipInfo) -> str:
        """Why there is no place for a member; the empty text if there is, which is then taken."""
        size = min(info.file_size, MAX_FILE + 1)  # zipfile unpacks no more than it says here
        if not self.files:
            return f"comes after the first {MAX_FILES} files, and no more are read"
        if size > self.size:
            return f"is beyond the {MAX_BYTES / 1e6:.0f} MB that are read of one submission, unpacked"
        self.files -= 1
        self.size -= size
        return ""


def unzip(data: bytes, budget: Budget, left_out: dict[str, str]) -> dict[str, bytes]:
    """The files of an archive that may hold notebooks, by path, as far as the budget goes. Refused if unsafe.

    Of a file that is too large to be read only the start is there.
    """
    listed = data.count(b"PK\x01\x02")
    if listed > MAX_LISTED:
        raise Refused(f"it lists {listed} files; at most {MAX_LISTED} are looked at")
    try:
        with memory_limit(), ZipFile(io.BytesIO(data)) as archive:
            found: dict[str, bytes] = {}
            infos = {path_of(info): info for info in safe_members(archive, MAX_LISTED, left_out)}
            for path in sorted(infos, key=turn):
                if not READ.search(path.rpartition("/")[2]):
                    left_out[path] = "is neither a notebook nor a zip archive"
                elif trouble := budget.trouble(infos[path]):
                    left_out[path] = trouble
                else:
                    found[path] = read_member(archive, infos[path])
                    if found[path][:4] == ZIP:
                        budget.size += len(found[path])  # it is gone once it was opened
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused("it is damaged, or no zip archive") from None
    except MemoryError:
        raise Refused("opening it takes too much memory") from None
    except RuntimeError:
        raise Refused("it is protected by a password") from None


def read_member(archive: ZipFile, info: ZipInfo) -> bytes:
    """A member, piece by piece: zipfile's own `read` holds it twice."""
    data = io.BytesIO()
    with archive.open(info) as file:
        while data.tell() <= MAX_FILE and (piece := file.read(1 << 20)):
            data.write(piece)
    return data.getvalue()


def safe_members(archive: ZipFile, most: int, left_out: dict[str, str] | None = None) -> list[ZipInfo]:
    """The files of an archive. Refused if one of them could be written elsewhere, or if there are too many.

    With `left_out`, folders that are never looked into are noted there and not judged: environments hold links.
    """
    infos = archive.infolist()
    if len(infos) > most:
        raise Refused(f"it holds {len(infos)} files; at most {most} are read")
    if left_out is not None:
        known = environments(map(path_of, infos))
        alone = {id(info): folder_left_alone(path_of(info), known) for info in infos}
        infos = [info for info in infos if not alone[id(info)]]
        left_out.update(dict.fromkeys(filter(None, alone.values()), LEFT_ALONE))
    for info in infos:
        if trouble := trouble_with(info):
            raise Refused(f"{quoted(info.orig_filename)} in it {trouble}")
    return [info for info in infos if not info.is_dir() and not info.filename.startswith(LEFT_OUT)]


def path_of(info: ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def trouble_with(info: ZipInfo) -> str:
    """Why a member is not safe, or the empty text."""
    path = info.orig_filename.replace("\\", "/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if path.startswith("/") or path[1:2] == ":":
        return "has an absolute path"
    if ".." in path.split("/"):
        return "has a path that leads out of the archive"
    if not path.replace(" ", "").isprintable():
        return "has control characters in its name"
    if kind == stat.S_IFLNK:
        return "is a symbolic link"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a device or another special file"
    return ""
