"""What examining a submission gives: plain data that travels between processes and into the gradebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check, for record and report. `weight` and `earned` are points."""

    name: str
    weight: float
    earned: float
    message: str


@dataclass
class CellGrade:
    """The grade of one cell. `points` is None where a person has to grade it."""

    points: float | None
    max_points: float
    checks: list[CheckResult] = field(default_factory=list)
    #: a person should look at the answer that this cell judges (see policy.py)
    flagged: bool = False
    #: digest of the answer that a person grades: a grade given to another answer needs a second look
    answer: str = ""


@dataclass
class NotebookResult:
    """One notebook: `status` is "graded", "missing", "refused" or "failed"; the last three have a reason."""

    name: str
    status: str = "graded"
    reason: str = ""
    cells: dict[str, CellGrade] = field(default_factory=dict)
    unwritten: list[str] = field(default_factory=list)
    #: what was put right before grading, in words
    repairs: list[str] = field(default_factory=list)
    #: locked cells and marks that were edited, in words: without effect, but for a person to know
    tampering: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    seconds: float = 0.0
    #: seconds that cells took, tests included, by grade id; "own cells" for those that the student added
    cell_seconds: dict[str, float] = field(default_factory=dict)


@dataclass
class SubmissionResult:
    """One submission. `written` maps the names of its notebooks to their graded text, for autograded/."""

    student: str
    seed: str
    digest: str
    notebooks: list[NotebookResult] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    #: it took longer than it may while others wait, and is to be examined again: nothing else here counts
    put_off: bool = False

    @property
    def seconds(self) -> float:
        """What it took to examine it."""
        return sum(book.seconds for book in self.notebooks)

    @property
    def needs_person(self) -> bool:
        by_hand = any(cell.points is None or cell.flagged for book in self.notebooks for cell in book.cells.values())
        return by_hand or any(book.status in ("refused", "failed") for book in self.notebooks)

    @property
    def missing(self) -> set[str]:
        """The notebooks that were not handed in."""
        return {book.name for book in self.notebooks if book.status == "missing"}

    def to_json(self, whole: bool = False) -> str:
        """Everything but the notebooks' text, or, to send it home, everything."""
        return json.dumps({**vars(self), "written": self.written if whole else {}}, default=vars)

    @classmethod
    def from_json(cls, text: str) -> SubmissionResult:
        data: dict[str, Any] = json.loads(text)
        books = []
        for book in data.pop("notebooks"):
            cells = {
                name: CellGrade(**{**cell, "checks": [CheckResult(**check) for check in cell["checks"]]})
                for name, cell in book.pop("cells").items()
            }
            books.append(NotebookResult(**book, cells=cells))
        return cls(**{**data, "notebooks": books})
