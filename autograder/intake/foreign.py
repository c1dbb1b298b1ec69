"""What a file is that is no notebook, by its first bytes, in words that tell a student what went wrong."""

from __future__ import annotations

ARCHIVES = {
    b"PK\x05\x06": "an empty zip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x1f\x8b": "an archive made by gzip (.gz, .tar.gz)",
    b"\xfd7zXZ": "an archive made by xz",
    b"BZh": "an archive made by bzip2",
}
OTHERS = {
    b"%PDF": "a PDF",
    b"\x00\x05\x16\x07": "one that macOS keeps beside each file, which holds none of its text",
    b"version https://git-lfs": "the note that Git LFS keeps in its place",
    b"bplist": "the note that iCloud keeps in its place",
}
WEB_PAGE = (b"<!doctype html", b"<html")


def archive(data: bytes) -> str:
    """Which kind of archive this is that is not opened; the empty text if it is none."""
    if data[257:262] == b"ustar":
        return "a tar archive"
    return next((what for start, what in ARCHIVES.items() if data.startswith(start)), "")


def foreign(data: bytes) -> str:
    """What else this is than a notebook; the empty text if that is not known."""
    if not data.strip(b"\0 \t\r\n"):
        return "empty" if not data.strip() else "filled with zeros"
    if data[:1000].lstrip().lower().startswith(WEB_PAGE):
        return "a web page (HTML)"
    return archive(data) or next((what for start, what in OTHERS.items() if data.startswith(start)), "")
