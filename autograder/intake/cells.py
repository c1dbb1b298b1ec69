"""What intake works with: the cells of a submitted notebook, and the reason why one is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MAX_CELLS = 2_000  # of a notebook


class Refused(Exception):
    """A file that cannot be graded. The message is the reason, for student and TA."""


@dataclass
class Cell:
    """A cell as it was handed in: `kind` is "code" or "markdown"; outputs are dropped."""

    kind: str
    source: str
    id: str = ""
    grade_id: str = ""
    #: nbgrader's other marks on the cell: points, locked, …
    marks: dict[str, Any] = field(default_factory=dict)
    #: pictures that its text speaks of, by name, in base64
    pictures: dict[str, str] = field(default_factory=dict)


def quoted(name: str) -> str:
    """A name that a student chose, short and harmless in Markdown and HTML."""
    kept = "".join(letter if letter.isalnum() or letter in " ._-–()+,/" else "?" for letter in name[:200])
    return f"`{kept if len(kept) <= 60 else kept[:57] + '...'}`"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: `a`, `b` and 3 more."""
    found = [quoted(name) for name in names]
    if len(found) > 6:
        return f"{', '.join(found[:5])} and {len(found) - 5} more"
    return " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def is_are(names: Iterable[Any]) -> str:
    return "is" if len(list(names)) == 1 else "are"


def bare(source: str) -> str:
    """A text without white space: what is the same to a reader."""
    return re.sub(r"\s+", "", source)
