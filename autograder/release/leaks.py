"""Does a release hold anything that students must not see? Is there anything in it that does not belong?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.course import (
    SECRETS,
    Course,
    files_of,
    is_solution,
    is_solved_whole,
    modules_imported,
    modules_of,
    own_modules,
    read_notebook,
    requirements,
    secret_texts,
    tools_folder,
    without_secrets,
)
from autograder.release.manifest import MANIFEST

#: Packages that a student has in any case, to open notebooks and to check them before handing in.
BROUGHT = ("jupyterlab", "nbclient", "nbformat")
#: Shorter lines of a solution, such as `else:`, say nothing when they stand elsewhere too.
SHORTEST_SECRET = 12


def find_leaks(course: Course, release: Path) -> list[str]:
    """What is wrong with the release of a lab, in words, each with file and place. Empty if it is sound."""
    found = []
    secrets = secret_lines(course)
    names = {path.relative_to(course.source) for path in files_of(course.source)}
    tools = tools_folder()
    names |= {Path("labtools") / path.relative_to(tools) for path in files_of(tools)}
    files = (path for path in release.rglob("*") if not path.is_dir() and path.parent.name != "__pycache__")
    present = {path.relative_to(release) for path in files} - {Path(MANIFEST)}
    found += [f"{name}: is missing" for name in sorted(map(str, names - present))]
    found += [f"{name}: does not belong here" for name in sorted(map(str, present - names))]
    for path in sorted(release / name for name in (present & names) | {Path(MANIFEST)}):
        for place, text in texts(path):
            for marker in SECRETS:
                if f"BEGIN {marker}" in text or f"END {marker}" in text:
                    found.append(f"{path.name}, {place}: holds the marker of a {marker.lower()}")
            for line in text.splitlines():
                if line.strip() in secrets:
                    found.append(f"{path.name}, {place}: holds a secret line: {line.strip()[:60]}")
        if path.suffix == ".ipynb":
            found += misplaced(path)
    found += foreign_imports(course, release)
    return found


def secret_lines(course: Course) -> set[str]:
    """The telling lines of all solutions, hidden tests, judges and marking schemes, less what is public anyway."""
    secret: set[str] = set()
    public = {line.strip() for line in stubs(course).splitlines()}
    for path in course.source.glob("*.ipynb"):
        for cell in read_notebook(path).cells:
            if not is_solved_whole(cell):
                public |= {line.strip() for line in without_secrets(cell.source).splitlines()}
            for text in secret_texts(cell):
                secret |= {line.strip() for line in text.splitlines()}
    for path in files_of(course.hidden):
        secret |= {line.strip() for line in path.read_text().splitlines()}
    for path in [*course.source.rglob("*.py"), *tools_folder().rglob("*.py")]:
        public |= {line.strip() for line in path.read_text().splitlines()}
    return {line for line in secret - public if len(line) >= SHORTEST_SECRET}


def stubs(course: Course) -> str:
    """What nbgrader puts in the place of a solution."""
    from nbgrader.preprocessors import ClearSolutions  # loads all exporters

    clear = ClearSolutions(config=course.config())
    return "\n".join([*clear.code_stub.values(), clear.text_stub])


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Every text in a file, with its place: for a notebook all strings of all cells, of outputs and metadata too."""
    if path.suffix != ".ipynb":
        yield "text", path.read_text(errors="replace")
        return
    notebook = read_notebook(path)
    for cell in notebook.cells:
        yield from ((f"cell {cell.get('id')}", text) for text in _strings(cell))
    yield from (("metadata", text) for text in _strings(notebook.metadata))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def misplaced(path: Path) -> Iterator[str]:
    """Outputs, which a release never has, and attachments other than the pictures of given text."""
    for cell in read_notebook(path).cells:
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"{path.name}, cell {cell.id}: has an output"
        if not all(is_given_picture(cell, name) for name in cell.get("attachments", {})):
            yield f"{path.name}, cell {cell.id}: has an attachment"


def is_given_picture(cell: NotebookNode, name: str) -> bool:
    """Whether an attachment is a picture that a text of the master's shows; one of an answer would be a solution."""
    kinds = cell.attachments[name]
    return not is_solution(cell) and f"attachment:{name}" in cell.source and all(k.startswith("image/") for k in kinds)


def foreign_imports(course: Course, release: Path) -> Iterator[str]:
    """Imports of packages that a student does not have: those that the lab's requirements.txt does not bring."""
    path = course.source / "requirements.txt"
    if not path.is_file():
        return
    known = modules_of([*requirements(path), *BROUGHT]) | own_modules(release)
    known |= modules_imported(file.read_text() for file in files_of(tools_folder()))  # they do without
    for file in files_of(release):
        if file.suffix == ".py":
            sources = [file.read_text(errors="replace")]
        elif file.suffix == ".ipynb":
            sources = [cell.source for cell in read_notebook(file).cells if cell.cell_type == "code"]
        else:
            continue
        for name in sorted(modules_imported(sources) - known):
            yield f"{file.name}: imports {name}, which is not in {path.name} of the lab"
