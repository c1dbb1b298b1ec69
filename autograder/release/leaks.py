"""Does a release hold anything that students must not see? Is there anything in it that does not belong?"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.release.changes import MANIFEST
from autograder.course import Course, tools_folder, files_of
from autograder.course import SECRETS, read_notebook, secret_regions, without_secrets

#: Packages that a student has besides Python itself.
STUDENT_PACKAGES = {"torch", "matplotlib", "IPython", "jupyterlab", "nbclient", "nbformat"}
#: Shorter lines of a solution, such as `else:`, say nothing when they stand elsewhere too.
SHORTEST_SECRET = 12


def find_leaks(course: Course, release: Path) -> list[str]:
    """What is wrong with the release of a lab, in words, each with file and place. Empty if it is sound."""
    found = []
    secrets = secret_lines(course)
    names = {path.relative_to(course.source) for path in files_of(course.source)}
    tools = tools_folder()
    names |= {Path("labtools") / path.relative_to(tools) for path in files_of(tools)}
    present = {path.relative_to(release) for path in files_of(release)} - {Path(MANIFEST)}
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
    found += foreign_imports(release)
    return found


def secret_lines(course: Course) -> set[str]:
    """The telling lines of all solutions, hidden tests, judges and marking schemes, less those that are public anyway."""
    secret: set[str] = set()
    public: set[str] = set()
    for path in course.source.glob("*.ipynb"):
        for cell in read_notebook(path).cells:
            public |= {line.strip() for line in without_secrets(cell.source).splitlines()}
            for region in secret_regions(cell.source):
                secret |= {line.strip() for line in region.splitlines()}
    for path in files_of(course.hidden):
        secret |= {line.strip() for line in path.read_text().splitlines()}
    for path in [*course.source.rglob("*.py"), *tools_folder().rglob("*.py")]:
        public |= {line.strip() for line in path.read_text().splitlines()}
    return {line for line in secret - public if len(line) >= SHORTEST_SECRET}


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
    """Outputs and attachments, which a release never has."""
    for cell in read_notebook(path).cells:
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"{path.name}, cell {cell.id}: has an output"
        if cell.get("attachments"):
            yield f"{path.name}, cell {cell.id}: has an attachment"


def foreign_imports(release: Path) -> Iterator[str]:
    """Imports of packages that a student does not have."""
    known = STUDENT_PACKAGES | set(sys.stdlib_module_names) | {path.stem for path in release.iterdir()}
    for path in files_of(release):
        if path.suffix == ".py":
            sources = [path.read_text()]
        elif path.suffix == ".ipynb":
            sources = [cell.source for cell in read_notebook(path).cells if cell.cell_type == "code"]
        else:
            continue
        for source in sources:
            for node in ast.walk(ast.parse(source)):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and not node.level:
                    modules = [node.module or ""]
                for module in modules:
                    if module.split(".")[0] not in known:
                        yield f"{path.name}: imports {module}, which students do not have"
