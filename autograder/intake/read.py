"""From the bytes of a file to the cells of a notebook, with limits: whatever wrote it, however it was saved."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any

from autograder.intake.cells import MAX_CELLS, Cell, Refused
from autograder.intake.conflicts import both_versions, has_conflict, unite
from autograder.intake.foreign import foreign
from autograder.intake.guard import MAX_MEMORY, memory_limit
from autograder.intake.pictures import take_pictures
from autograder.intake.scripts import has_code, is_script, read_markdown, read_script

MAX_FILE = 200_000_000  # bytes of one file, outputs included
MAX_TEXT = 20_000_000  # characters of all cells, without outputs
OTHERS = {"cp932": "Shift-JIS", "big5": "Big5", "gb18030": "GB 18030"}  # Python's names, and those that people know
MAX_CODE = 2_000_000  # of those, characters of code


def read_cells(data: bytes) -> tuple[list[Cell], list[str]]:
    """The cells of a notebook or Python file, and what was put right, in words. Refused if it cannot be read."""
    if len(data) > MAX_FILE:
        raise Refused(f"The file is larger than {MAX_FILE / 1e6:.0f} MB, the most that is read.")
    if trouble := foreign(data):
        raise Refused(f"The file is {trouble}, and no notebook.")
    repairs: list[str] = []
    try:
        with memory_limit():
            cells = parse(decode(data, repairs), repairs)
    except MemoryError:
        raise Refused(f"Reading the file takes more than {MAX_MEMORY / 1024**3:.0f} GB of memory.") from None
    if not any(cell.source.strip() for cell in cells):
        raise Refused("The notebook is empty: none of its cells holds any text.")
    size = sum(len(cell.source) for cell in cells)
    if size > MAX_TEXT:
        raise Refused(f"The cells hold {size / 1e6:.0f} MB of text, outputs not counted; at most 20 MB are read.")
    if len(cells) > MAX_CELLS:
        raise Refused(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read.")
    if sum(len(cell.source) for cell in cells if cell.kind == "code") > MAX_CODE:
        raise Refused("The cells hold more than 2 MB of code, outputs not counted.")
    return clean(cells, repairs), repairs


def decode(data: bytes, repairs: list[str]) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32, with or without a byte order mark, or else in Windows-1252."""
    encoding = json.detect_encoding(data)
    if encoding not in ("utf-8", "utf-8-sig"):
        repairs.append(f"The file was saved as {encoding[:6].upper()}; it was read as such.")
    elif encoding == "utf-8-sig":
        repairs.append("The file began with a byte order mark, which was removed.")
    try:
        return data.decode(encoding, "surrogatepass").lstrip("\ufeff")
    except UnicodeDecodeError:
        if encoding != "utf-8":
            what = f"It begins as {encoding[:6].upper()} and goes on otherwise."
            raise Refused(f"The file is not a notebook: it cannot be read as JSON. {what}") from None
        text, name = data.decode("cp1252", "replace"), "Windows-1252"
        for other in OTHERS if not is_json(text) else ():  # in these a backslash may be the half of a letter
            with contextlib.suppress(UnicodeDecodeError):
                decoded = data.decode(other)
                if is_json(decoded):
                    text, name = decoded, OTHERS[other]
                    break
        repairs.append(f"The file was not saved as UTF-8; it was read as {name}.")
        return text


def is_json(text: str) -> bool:
    try:
        load(text, [])
        return True
    except (ValueError, RecursionError):
        return False


def parse(text: str, repairs: list[str]) -> list[Cell]:
    if has_conflict(text):
        versions = []
        for version in both_versions(text):
            with contextlib.suppress(Refused):
                versions.append(parse_one(version, []))
        if versions:
            repairs.append(
                "The file held marks of a merge conflict (git). They were removed, and the cells of both "
                "versions were looked at."
            )
            return unite(versions[0], versions[-1]) if len(versions) == 2 else versions[0]
    return parse_one(text, repairs)


def parse_one(text: str, repairs: list[str]) -> list[Cell]:
    start = text[:1000].lstrip()[:1]
    try:
        content = load(text, repairs)
    except RecursionError:
        raise Refused("The file is not a notebook: it is nested deeper than notebooks are.") from None
    except ValueError:
        if start and start not in "{[" and is_script(text[: MAX_CODE + 1]):
            repairs.append("A Python file was handed in; its cells were put back into the notebook.")
            return read_script(text)
        if has_code(text[: MAX_CODE + 1]):
            repairs.append("A Markdown file was handed in; its cells were put back into the notebook.")
            return read_markdown(text)
        raise Refused("The file is not a notebook: it cannot be read as JSON. It may be damaged or cut off.") from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if isinstance(content, dict) and not isinstance(cells, list) and isinstance(content.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in content["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
        repairs.append("The notebook was saved in the old format 3; it was read as such.")
    if not isinstance(cells, list):
        raise Refused("The file is not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Refused(f"The notebook has {len(cells)} cells; at most {MAX_CELLS} are read.")
    return [read_cell(cell) for cell in cells if isinstance(cell, dict)]


def load(text: str, repairs: list[str]) -> Any:
    """The JSON value at the start of a text. Numbers of any length become floats, since nothing here counts."""
    value, end = json.JSONDecoder(parse_int=float).raw_decode(text, len(text) - len(text.lstrip()))
    if text[end:].strip():
        if not isinstance(value, dict):
            raise ValueError("no JSON, but something that begins like it")
        repairs.append("Behind the end of the notebook there was more in the file, as an older version leaves it.")
    return value


def read_cell(cell: dict[str, Any]) -> Cell:
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    marks = metadata.get("nbgrader")
    marks = marks if isinstance(marks, dict) else {}
    name = marks.get("grade_id")
    own_id = cell.get("id", metadata.get("id"))  # Colab keeps it among the metadata
    found = Cell(
        "code" if cell.get("cell_type") == "code" else "markdown",
        read_source(cell.get("source", cell.get("input"))),
        own_id if isinstance(own_id, str) else "",
        name if isinstance(name, str) else "",
        marks,
    )
    if found.kind == "markdown":
        take_pictures(found, cell.get("attachments"))
    return found


def read_source(source: Any) -> str:
    """The text of a cell, which is a text or a list of lines with or without their ends."""
    if isinstance(source, list):
        lines = [line for line in source if isinstance(line, str)]
        whole = any(line.endswith("\n") for line in lines[:-1])
        source = ("" if whole else "\n").join(lines)
    return source.encode(errors="replace").decode() if isinstance(source, str) else ""  # no half characters


def clean(cells: list[Cell], repairs: list[str]) -> list[Cell]:
    """Line ends as in Unix, and a cell with a merge conflict as two."""
    cleaned = []
    if any("\r" in cell.source for cell in cells):
        repairs.append("Line ends of Windows were changed.")
    conflicts = False
    for cell in cells:
        cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
        if has_conflict(cell.source):
            conflicts = True
            cleaned += [dataclasses.replace(cell, source=text) for text in both_versions(cell.source)]
        else:
            cleaned.append(cell)
    if conflicts:
        repairs.append("Cells held marks of a merge conflict (git). They were removed, and both versions looked at.")
    return cleaned
