"""What is in a release, as a manifest.

release/<lab>/labtools/manifest.json goes to students: cells, points, and digests of what they can read. Digests of
solutions, hidden tests and marking schemes stay beside the masters, in source/<lab>.manifest.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course import (
    Course,
    digest,
    files_of,
    grade_id,
    is_solution,
    is_test,
    modules_imported,
    names_bound,
    own_modules,
    read_notebook,
    secrets_by_kind,
    tools_folder,
)

MANIFEST = "labtools/manifest.json"
HEADING = re.compile(r"(?m)^#+ +(.*)$")


@dataclass(frozen=True)
class Cell:
    """A cell of a release."""

    kind: str
    type: str  # of the notebook format: code or markdown
    fixed: bool  # it has to be in a submission: an answer, or a cell that cannot be edited
    points: float | None
    text: str


def read_release(release: Path) -> dict[str, dict[str, Cell]]:
    """The cells of a release, by notebook and id."""
    return {
        path.stem: {
            cell.id: Cell(
                kind_of(cell),
                cell.cell_type,
                bool(grade_id(cell)),
                cell.metadata.get("nbgrader", {}).get("points"),
                cell.source,
            )
            for cell in read_notebook(path).cells
        }
        for path in sorted(release.glob("*.ipynb"))
    }


def kind_of(cell: NotebookNode) -> str:
    nbgrader = cell.metadata.get("nbgrader", {})
    if is_test(cell):
        return "test"
    if is_solution(cell):
        return "answer, graded by a person" if nbgrader.get("grade") else "answer"
    return "task" if nbgrader.get("task") else "text" if cell.cell_type == "markdown" else "code"


def other_files(release: Path) -> dict[str, str]:
    """Digests of the files that are no notebooks."""
    paths = [path for path in files_of(release) if path.suffix != ".ipynb" and path != release / MANIFEST]
    return {path.relative_to(release).as_posix(): digest(path.read_bytes()) for path in paths}


def total(cells: dict[str, Cell]) -> float:
    return sum(cell.points or 0 for cell in cells.values())


def write_manifest(release: Path) -> None:
    """Put the manifest into a release. Its `imports` are what a student has to have installed."""
    books = read_release(release)
    manifest: dict[str, Any] = {
        "lab": release.name,
        "imports": imports_of(release),
        "points": sum(map(total, books.values())),
        "notebooks": {
            name: [
                {
                    "cell": key,
                    "kind": cell.kind,
                    "type": cell.type,
                    "fixed": cell.fixed,
                    "points": cell.points,
                    "sha256": digest(cell.text.encode()),
                    "heading": heading,
                    **extra(cell),
                }
                for (key, cell), heading in zip(cells.items(), headings(cells.values()))
            ]
            for name, cells in books.items()
        },
        "files": other_files(release),
    }
    (release / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def headings(cells: Iterable[Cell]) -> Iterator[str]:
    """For each cell the heading that it stands under."""
    heading = ""
    for cell in cells:
        if cell.type == "markdown" and not cell.kind.startswith("answer"):
            heading = (HEADING.findall(cell.text) or [heading])[-1]
        yield heading


def extra(cell: Cell) -> dict[str, Any]:
    """What the students' tools need besides: the names that an answer defines, the text of code that is given."""
    if cell.type != "code" or not cell.fixed:
        return {}
    if cell.kind == "answer":
        return {"names": sorted(names_bound(cell.text))}
    return {"source": cell.text}


def imports_of(release: Path) -> list[str]:
    """The packages from elsewhere that a release imports, but what Jupyter brings along and labtools can do without."""
    sources = [
        cell.source
        for path in sorted(release.glob("*.ipynb"))
        for cell in read_notebook(path).cells
        if cell.cell_type == "code"
    ]
    general = {release / "labtools" / path.relative_to(tools_folder()) for path in files_of(tools_folder())}
    modules = [path for path in files_of(release) if path.suffix == ".py" and path not in general]
    sources += [path.read_text(errors="replace") for path in modules]
    return sorted(modules_imported(sources) - own_modules(release) - {"IPython"})


def secret_manifest(course: Course) -> dict[str, str]:
    """Digests of what students do not see: by notebook, cell and kind, and of the judges by file."""
    texts: dict[str, str] = {}
    for path in sorted(course.source.glob("*.ipynb")):
        for cell in read_notebook(path).cells:
            for kind, text in secrets_by_kind(cell.source):
                name = f"{path.stem}, {grade_id(cell)}: {kind.lower()}"
                texts[name] = texts.get(name, "") + text
    found = {name: digest(text.encode()) for name, text in texts.items()}
    for path in files_of(course.hidden):
        found[f"hidden/{course.lab}/{path.relative_to(course.hidden).as_posix()}"] = digest(path.read_bytes())
    return found


def secrets_path(course: Course) -> Path:
    return course.source.with_name(f"{course.lab}.manifest.json")


def write_secret_manifest(course: Course) -> None:
    secrets_path(course).write_text(json.dumps(secret_manifest(course), indent=1) + "\n")
