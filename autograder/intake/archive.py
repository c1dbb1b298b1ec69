"""Zip archives, opened with limits. Nothing is written here; an archive with one unsafe name is refused whole."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from zipfile import ZipFile, ZipInfo

from autograder.intake.cells import Refused, quoted
from autograder.intake.read import MAX_FILE, memory_limit

MAX_MEMBERS = 2_000
MAX_BYTES = 400_000_000  # of all members, unpacked
LEFT_OUT = ("__MACOSX/", ".DS_Store")


def unzip(data: bytes) -> dict[str, bytes]:
    """The files of an archive by path; of one that is too large to be read only the start. Refused if unsafe."""
    try:
        with memory_limit(), ZipFile(io.BytesIO(data)) as archive:
            found: dict[str, bytes] = {}
            for info in safe_members(archive, MAX_MEMBERS):
                with archive.open(info) as file:
                    found[path_of(info)] = file.read(MAX_FILE + 1)
                if sum(map(len, found.values())) > MAX_BYTES:
                    raise Refused(f"unpacked it takes more than {MAX_BYTES / 1e6:.0f} MB")
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused("it is damaged, or no zip archive") from None
    except MemoryError:
        raise Refused("opening it takes too much memory") from None
    except RuntimeError:
        raise Refused("it is protected by a password") from None


def safe_members(archive: ZipFile, most: int) -> list[ZipInfo]:
    """The files of an archive. Refused if one of them could be written elsewhere, or if there are too many."""
    infos = archive.infolist()
    if len(infos) > most:
        raise Refused(f"it holds {len(infos)} files; at most {most} are read")
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
