"""Tables as spreadsheets write them, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from autograder.course.course import CourseError

MAX_BYTES = 50_000_000  # a worksheet holds the texts of a class


def read_table(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the line it ends in; empty ones are left out. CourseError if it is no table.

    In UTF-8, UTF-16 or Windows-1252, with or without byte order mark, and with commas, semicolons or tabs.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CourseError(f"{path} is larger than {MAX_BYTES / 1e6:.0f} MB: is it the right file?")
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    if data.startswith((b"PK\3\4", b"\xd0\xcf\x11\xe0")):
        raise CourseError(f"{path} is a spreadsheet's own file: save it as CSV.")
    text = decode(data)
    if text is None or "\0" in text:
        raise CourseError(f"{path} is no text in UTF-8, UTF-16 or Windows-1252: save it as CSV in UTF-8.")
    if text[:4].lower() == "sep=":  # a line of Excel's that only names the sign between cells
        text = text.partition("\n")[2]
    limit = csv.field_size_limit(MAX_BYTES)  # the texts of students may be long; the file as a whole is limited
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text))
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise CourseError(f"{path} is no table: {error}.") from None
    finally:
        csv.field_size_limit(limit)


def decode(data: bytes) -> str | None:
    """The text of a file, or None if it is in none of the usual encodings."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def separator(text: str) -> str:
    """The sign between cells: the one that takes the first line apart most."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=lambda sign: len(next(csv.reader([head], delimiter=sign), [])))


def no_formula(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula. Numbers stay, and so does a lone dash."""
    danger = isinstance(value, str) and value != "-" and value.lstrip(" ")[:1] in tuple("=+-@\t\r\n")
    return f"'{value}" if danger else value
