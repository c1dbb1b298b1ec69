"""What decides a score on our side, as digests: a submission is graded again exactly when one of its own changed."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.course.masters import grade_id, is_solution, read_notebook, without_secrets
from autograder.course.names import names_bound
from autograder.course.tools import tools_folder

PROFILES = "profiles.json"  # see profiles.py
DECIDING = ("way", "kinds", "operations", "source")  # of a profile


@dataclass(frozen=True)
class Deciding:
    """Digests of a master notebook: of all that decides scores, and of its graded cells and points alone."""

    tests: str
    points: str


def deciding_digests(course: Course) -> dict[str, Deciding]:
    """What decides the scores of each notebook. Text between the exercises and the wording of solutions do not."""
    modules = [each for each in lab_files(course) if not each[0].endswith((".ipynb", ".md"))]
    found = {}
    for name in course.notebooks():
        cells = read_notebook(course.source / f"{name}.ipynb").cells
        points = [(grade_id(cell), graded(cell)) for cell in cells if graded(cell)]
        tests = [*modules, *points, *(deciding_part(cell) for cell in cells)]
        found[name] = Deciding(digest_of_json(tests), digest_of_json(points))
    return found


def graded(cell: NotebookNode) -> list[Any]:
    """How a cell is graded: its points and flags. Empty if it is not."""
    nbgrader = cell.metadata.get("nbgrader", {})
    keys = ("grade", "solution", "task", "points")
    return [cell.cell_type, *(nbgrader.get(key) for key in keys)] if "points" in nbgrader else []


def deciding_part(cell: NotebookNode) -> Any:
    """The part of a cell on which scores depend: of a solution its skeleton and the names that it defines."""
    if is_solution(cell):
        names = sorted(names_bound(cell.source)) if cell.cell_type == "code" else []
        return [grade_id(cell), without_secrets(cell.source), names]
    return [cell.id, cell.source, cell.metadata.get("tags", [])] if cell.cell_type == "code" else None


def submission_digest(handed_in: str, deciding: dict[str, Deciding], seed: str, missing: set[str]) -> str:
    """What decides the result of a submission: its files, the tests of the notebooks that it has, and the seed."""
    ours = {name: own.points if name in missing else own.points + own.tests for name, own in deciding.items()}
    return digest_of_json([handed_in, ours, seed])


def lab_digest(course: Course) -> str:
    """The masters of a lab with all that they use: judges, probes, tools."""
    return digest_of_json(lab_files(course))


def lab_files(course: Course) -> list[tuple[str, str]]:
    """The files that make a lab, by name, with their digests."""
    folders = {"": course.source, "hidden/": course.hidden, "labtools/": tools_folder()}
    return [
        (f"{place}{path.relative_to(folder).as_posix()}", digest(deciding_bytes(path)))
        for place, folder in folders.items()
        for path in files_of(folder)
    ]


def deciding_bytes(path: Path) -> bytes:
    """What decides of a file of a lab: all of it; of the profiles of plain tests, no words for people, since what a
    master's run says may differ from run to run.
    """
    data = path.read_bytes()
    if path.name == PROFILES:
        with contextlib.suppress(ValueError, AttributeError, KeyError, TypeError):  # damaged: then all of it
            return json.dumps(
                {name: [each[key] for key in DECIDING] for name, each in json.loads(data).items()}
            ).encode()
    return data


def files_of(folder: Path) -> list[Path]:
    """The files of a lab below a folder: without hidden ones, which programs leave there (checkpoints, caches)."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not left_behind(path.relative_to(folder)))


def left_behind(path: Path) -> bool:
    return any(part == "__pycache__" or part.startswith(".") for part in path.parts)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of_json(data: Any) -> str:
    return digest(json.dumps(data, sort_keys=True).encode())
