"""The questions that a person grades, as the masters have them, and the first items of their rubrics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course import Course, grade_id, is_solution, read_notebook, secrets_by_kind, solution, without_secrets
from autograder.record import Place

LEAST = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?|½|half(?: a)?|one|two|three|no)\s+points?(?P<less>\s+(?:less|off))?\b", re.I
)
NUMBERS = {"½": 0.5, "half": 0.5, "half a": 0.5, "one": 1.0, "two": 2.0, "three": 3.0, "no": 0.0}
ENTRY = re.compile(r"^[-*+] +((?:.*\n?(?:^ +.*\n?)*))", re.M)  # of a list, with the lines that go on with it


@dataclass(frozen=True)
class Question:
    """A cell whose answer a person grades. `text` is the question and `scheme` its marking scheme, in Markdown."""

    place: Place
    points: float
    kind: str  # "markdown" or "code"
    text: str
    scheme: str
    right: str  # the master's own answer
    stub: str  # what students were given in the cell

    @property
    def id(self) -> str:
        return f"{self.place.notebook}/{self.place.cell}"

    @property
    def items(self) -> list[tuple[float, str]]:
        """The lines of the marking scheme that begin with points, as (points, words)."""
        return [item for entry in ENTRY.findall(self.scheme) if (item := first_item(entry))]


def read_questions(course: Course) -> list[Question]:
    """The questions of a lab in order."""
    return [question for name in course.notebooks() for question in of_notebook(course, name)]


def of_notebook(course: Course, name: str) -> list[Question]:
    """The questions of one notebook. A question's text is the locked Markdown before its answer."""
    released = {grade_id(cell): cell.source for cell in read_notebook(course.release / f"{name}.ipynb").cells}
    found, before = [], ""
    for cell in read_notebook(course.source / f"{name}.ipynb").cells:
        if is_solution(cell) and cell.metadata.nbgrader.grade:
            found.append(question_of(Place(course.lab, name, grade_id(cell)), cell, before, released))
        if cell.cell_type == "markdown" and not is_solution(cell):
            before = cell.source
    return found


def question_of(place: Place, cell: NotebookNode, before: str, released: dict[str, str]) -> Question:
    scheme = "\n".join(text for kind, text in secrets_by_kind(before) if kind == "MARK SCHEME").strip()
    text = without_secrets(before).strip()
    stub = released.get(place.cell, "")
    return Question(
        place, float(cell.metadata.nbgrader.points), cell.cell_type, text, scheme, solution(cell.source).strip(), stub
    )


def first_item(entry: str) -> tuple[float, str] | None:
    """A line of a marking scheme as (points, words), if it begins with points, as in "Half a point less for a slip"."""
    line = " ".join(entry.split())
    match = LEAST.match(line)
    if match is None:
        return None
    number = match["number"].lower().replace(",", ".")
    points = NUMBERS[number] if number in NUMBERS else float(number)
    rest = re.sub(r"^\s*[:.,–-]?\s*", "", line[match.end() :])
    if points == 0:
        return 0.0, line
    words = re.sub(r"^for\s+", "", rest)
    return (-points if match["less"] else points), (words[:1].upper() + words[1:] if words[:1].isascii() else words)
