"""What a folder holds of an nbgrader course: its assignments, each with notebooks and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import CourseError, files_of

#: What lies about in a course and belongs to no assignment.
LEFT_ALONE = {".git", ".ipynb_checkpoints", "__pycache__", ".venv", "node_modules"}
MAX_NOTEBOOK = 50_000_000  # bytes of a notebook that is looked into
MAX_FILES = 2_000  # of one assignment


@dataclass(frozen=True)
class Assignment:
    """One assignment: the name that its lab gets, its folder, its notebooks, and the other files that belong to it."""

    name: str
    folder: Path
    notebooks: list[Path]
    files: list[Path]


def find_assignments(place: Path, source_directory: str) -> list[Assignment]:
    """The assignments in a notebook, in the folder of an assignment, or in that of a course.

    `source_directory` is where the course has its masters. CourseError if there is none.
    """
    if place.is_file():
        return [single(place)]
    if not place.is_dir():
        raise CourseError(f"There is no {place}: name a notebook, the folder of an assignment, or that of a course.")
    masters = place / source_directory
    if masters.is_dir():
        found = list(below(masters))
    elif masters_in(place):
        found = [whole(place)]
    else:
        found = list(below(place))
    if not found:
        raise CourseError(
            f"{place} holds no master notebooks, with cells that nbgrader grades: neither in {source_directory}/ nor "
            "itself. Name the folder of the course, or of one assignment."
        )
    return found


def below(folder: Path) -> Iterator[Assignment]:
    for each in sorted(folder.iterdir()):
        if each.is_dir() and not each.is_symlink() and each.name not in LEFT_ALONE and masters_in(each):
            yield whole(each)


def masters_in(folder: Path) -> bool:
    return any(is_master(path) for path in folder.glob("*.ipynb"))


def is_master(path: Path) -> bool:
    """Whether a file is a notebook with a cell that nbgrader grades, without reading it whole as one."""
    if not path.is_file() or path.stat().st_size > MAX_NOTEBOOK:
        return False
    return bool(re.search(r'"(grade|solution|task)"\s*:\s*true', path.read_text(errors="replace")))


def whole(folder: Path) -> Assignment:
    """An assignment with all that lies in its folder, links left out."""
    files = [
        path
        for path in files_of(folder)
        if not path.is_symlink()
        and not LEFT_ALONE & set(path.relative_to(folder).parts)
        and path.suffix not in (".ipynb", ".pyc", ".db")
    ]
    if len(files) > MAX_FILES:
        raise CourseError(f"{folder} holds {len(files)} files, more than {MAX_FILES}: is it the right folder?")
    return Assignment(lab_name(folder.name), folder, sorted(folder.glob("*.ipynb")), files)


def single(notebook: Path) -> Assignment:
    """One notebook, with those files beside it that it speaks of."""
    if not is_master(notebook):
        raise CourseError(f"{notebook} is no master notebook: nbgrader grades none of its cells.")
    text = notebook.read_text(errors="replace")
    files = [
        path
        for path in files_of(notebook.parent)[:MAX_FILES]
        if path.suffix != ".ipynb" and not path.is_symlink() and speaks_of(text, path)
    ]
    return Assignment(lab_name(notebook.stem), notebook.parent, [notebook], files)


def speaks_of(text: str, path: Path) -> bool:
    if path.suffix == ".py":
        return re.search(rf"\b(import|from)\s+{re.escape(path.stem)}\b", text) is not None
    return path.name in text


def lab_name(name: str) -> str:
    """The name of a lab, which stands in commands and in names of files."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "lab"
