"""Synthetic submissions, made from the masters and small files of answers.

An entry is a TOML file, named after the synthetic student. `about` says what it is, `base` is "reference"
(the solved master, the default) or "release" (nothing written); `[answers]` replaces single cells by
grade id, `[after]` adds a cell of the student's own behind one, and `[points]` is what each test cell that
is not at full points should give (for the base "release": not at zero). `[messages]` is what a failed check
of a test cell must say, where the mistake is known, and `flags` are the answers that a person should look at.
`files` replaces whole notebooks by raw text, and `hostile = true` marks an attack.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, CourseError, grade_id, is_solution, is_test, read_notebook, solution


@dataclass(frozen=True)
class Entry:
    """One synthetic submission."""

    name: str
    about: str
    base: str = "reference"
    hostile: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)


def read_bank(folder: Path) -> list[Entry]:
    """All entries in a folder, by name."""
    entries = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries.append(Entry(name=path.stem, **tomllib.loads(path.read_text())))
        except (tomllib.TOMLDecodeError, TypeError) as error:
            raise CourseError(f"{path} cannot be read: {error}") from None
    if not entries:
        raise CourseError(f"There are no synthetic submissions in {folder}.")
    return entries


def build(entry: Entry, course: Course) -> dict[str, str]:
    """The notebooks of a synthetic submission, by name, as text."""
    unused = set(entry.answers) | set(entry.after)
    built = {}
    for name in course.notebooks():
        notebook = read_notebook(course.release / f"{name}.ipynb")
        master = read_notebook(course.source / f"{name}.ipynb")
        solutions = {grade_id(cell): solution(cell.source) for cell in master.cells if is_solution(cell)}
        cells: list[NotebookNode] = []
        for cell in notebook.cells:
            key = grade_id(cell)
            if is_solution(cell) and (key in entry.answers or entry.base == "reference"):
                cell.source = entry.answers.get(key, solutions[key]).strip("\n")
            cells.append(cell)
            if key in entry.after:
                cells.append(nbformat.v4.new_code_cell(entry.after[key].strip("\n"), id=f"own-{key}"))
            unused.discard(key)
        notebook.cells = cells
        built[name] = entry.files.get(name, nbformat.writes(notebook))
    if unused:
        raise CourseError(f"The synthetic submission {entry.name} has answers to unknown cells: {sorted(unused)}.")
    return built


def hand_in(entry: Entry, course: Course) -> None:
    """Put a synthetic submission into submitted/."""
    folder = course.submission(entry.name)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in build(entry, course).items():
        (folder / f"{name}.ipynb").write_text(text)


def expected_points(entry: Entry, course: Course) -> dict[str, float]:
    """What each test cell should give, by grade id."""
    expected = {}
    for name in course.notebooks():
        for cell in read_notebook(course.source / f"{name}.ipynb").cells:
            if is_test(cell):
                key = grade_id(cell)
                full = 0.0 if entry.base == "release" else float(cell.metadata.nbgrader.points)
                expected[key] = float(entry.points.get(key, full))
    unknown = (set(entry.points) | set(entry.messages)) - set(expected)
    if unknown:
        raise CourseError(f"The synthetic submission {entry.name} names unknown test cells: {sorted(unknown)}.")
    return expected
