"""The answers to one question, from the graded notebooks, which hold no active content any more."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbformat.v4 import new_markdown_cell

from autograder.course import Course
from autograder.intake import harmless_markdown
from autograder.proofs.questions import Question
from autograder.report import Headings, coloured

MAX_SHOWN = 60_000  # characters of an answer that are read here


@dataclass(frozen=True)
class Text:
    """What stands in a cell: its source and its pictures. A decision about it is told by its digest from later ones."""

    source: str = ""
    pictures: dict[str, Any] = field(default_factory=dict, compare=False)
    digest: str = ""


@dataclass(frozen=True)
class Answer:
    """What a student wrote. `number` stands for the name: answers are in a random order, the same for all readers."""

    student: str
    number: int
    text: Text


def read_answers(course: Course, question: Question, seed: str) -> dict[str, Answer]:
    """All answers to a question, by student, in an order that follows from `seed` and the question."""
    students = sorted(path.parent.name for path in (course.root / "autograded").glob(f"*/{course.lab}"))
    random.Random(f"{seed} {question.id}").shuffle(students)
    return {
        student: Answer(
            student,
            number,
            read_cell(course.autograded(student) / f"{question.place.notebook}.ipynb", question.place.cell),
        )
        for number, student in enumerate(students, 1)
    }


def read_cell(path: Path, cell: str) -> Text:
    """A cell of a graded notebook; nothing where the notebook, or the cell, is not there."""
    try:
        return _read_notebook(path, path.stat().st_mtime_ns).get(cell, Text())
    except FileNotFoundError:
        return Text()


@lru_cache(maxsize=5000)
def _read_notebook(path: Path, changed: int) -> dict[str, Text]:
    """The answers in a notebook that a person grades, by grade id, kept until the file changes.

    The file is one of ours: it is read without nbformat, which takes ten times as long.
    """
    found = {}
    for cell in json.loads(path.read_bytes())["cells"]:
        nbgrader = cell.get("metadata", {}).get("nbgrader", {})
        if nbgrader.get("solution") and nbgrader.get("grade"):
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            pictures = cell.get("attachments", {})
            whole = (source + json.dumps(pictures, sort_keys=True)).encode(errors="replace")
            found[nbgrader["grade_id"]] = Text(source[:MAX_SHOWN], pictures, hashlib.sha256(whole).hexdigest()[:32])
    return found


def show(answer: Answer, question: Question) -> str:
    """An answer as HTML, cleaned as in the feedback, its headings below those of the page."""
    if question.kind == "code":
        return str(coloured(answer.text.source))
    return _show(answer.text.source, json.dumps(answer.text.pictures))


@lru_cache(maxsize=2000)
def _show(source: str, pictures: str) -> str:
    """Kept, since a text that is made for it takes seconds to clean, and may be in many answers."""
    cell = new_markdown_cell(
        harmless_markdown(source), attachments=json.loads(pictures), metadata={"nbgrader": {"solution": True}}
    )
    return Headings(level=2).to_html(cell)
