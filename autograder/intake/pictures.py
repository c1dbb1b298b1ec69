"""Pictures in a student's text, as in a photographed proof: taken over by what they are, under names of ours.

A picture is attached to a cell (`![](attachment:image.png)`, as in JupyterLab) or written into its text
(`![](data:image/png;base64,…)`, as in Colab). Its new name is made of its content, so text can move from cell to
cell with its pictures, and another picture makes another answer.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import itertools
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from nbformat import NotebookNode

from autograder.intake.cells import Cell, quoted
from autograder.intake.harmless import PICTURE, picture_type

MAX_PICTURE = 10_000_000  # bytes of one picture
MAX_TOTAL = 20_000_000  # bytes of all pictures of a notebook
MAX_PICTURES = 20  # of a notebook
MAX_NAME = 300  # letters of a picture's old name
MARKS = "()!*'~"  # that JavaScript's encodeURIComponent leaves as they are
_INLINE = re.compile(r"data:image/[a-z.+-]{1,20};base64,([A-Za-z0-9+/=]+)")
_REFERENCE = re.compile(r"attachment:(?!left-out)[^)\s\"'>]{1,300}")


def take_pictures(cell: Cell, attachments: Any) -> None:
    """Fill `cell.pictures`, base64 by name, and let its text speak of them by their new names."""
    if isinstance(attachments, dict):
        for old, versions in itertools.islice(attachments.items(), MAX_PICTURES):
            if len(old) > MAX_NAME:
                continue  # it would become a pattern
            name = add_picture(cell, next(iter(versions.values()), None) if isinstance(versions, dict) else None)
            if name:
                either = f"{re.escape(old)}|{re.escape(quote(old, safe=MARKS))}"
                cell.source = re.sub(rf"attachment:(?:{either})(?=[)\s\"'>]|$)", f"attachment:{name}", cell.source)
    if "data:image/" in cell.source:
        cell.source = _INLINE.sub(lambda found: inline(cell, found), cell.source)


def inline(cell: Cell, found: re.Match[str]) -> str:
    name = add_picture(cell, found.group(1))
    return f"attachment:{name or 'unknown'}"


def add_picture(cell: Cell, content: Any) -> str:
    """The name of a picture given as base64, or the empty text if it is none that browsers show, or too large."""
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        content = "".join(content)
    if not isinstance(content, str) or len(content) > MAX_PICTURE * 3 // 2:
        return ""
    try:
        data = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    kind = picture_type(data)
    if kind is None or len(data) > MAX_PICTURE:
        return ""
    name = f"picture-{hashlib.sha256(data).hexdigest()[:16]}.{kind}"
    cell.pictures[name] = base64.b64encode(data).decode()
    return name


class Album:
    """The pictures of a notebook, given out to the answers that speak of them, within limits."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._pictures = {name: content for cell in cells for name, content in cell.pictures.items()}
        self._given: set[str] = set()
        self.repairs: list[str] = []

    def attach_to(self, cell: NotebookNode, key: str) -> None:
        """Attach to an answer what it speaks of. What cannot be shown is left out of its text, and said."""
        attachments = {}

        def give(found: re.Match[str]) -> str:
            name = found.group().partition(":")[2]
            if not (PICTURE.fullmatch(found.group()) and self._may_give(name)):
                return "attachment:left-out"
            attachments[name] = {f"image/{name.rpartition('.')[2]}": self._pictures[name]}
            return found.group()

        text = _REFERENCE.sub(give, cell.source)
        if attachments:
            cell.attachments = attachments
        if text != cell.source:
            cell.source = text
            limits = f"{MAX_PICTURE // 10**6} MB each; {MAX_PICTURES} pictures and {MAX_TOTAL // 10**6} MB in all"
            self.repairs.append(
                f"A picture in {quoted(key)} cannot be shown: it is not in the file, or no PNG, JPEG, GIF or WebP, "
                f"or too large ({limits})."
            )

    def _may_give(self, name: str) -> bool:
        given = self._given | {name}
        if name not in self._pictures or len(given) > MAX_PICTURES:
            return False
        fits = sum(len(self._pictures[each]) for each in given) * 3 // 4 <= MAX_TOTAL
        self._given = given if fits else self._given
        return fits
