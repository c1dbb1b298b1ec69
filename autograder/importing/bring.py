"""Writing an nbgrader course into this one. Nothing of the course it comes from is run or changed."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import Course, CourseError, distributions, lab_packages, not_installed, write_config
from autograder.importing.find import Assignment, find_assignments
from autograder.importing.settings_of import Settings, read_settings
from autograder.importing.upgrade import upgrade


@dataclass
class Brought:
    """A lab that was brought in, and what is to be known of it, in lines."""

    course: Course
    packages: list[str]
    said: list[str] = field(default_factory=list)
    refused: str = ""  # why it was not: nothing of it was written


def bring(home: Path, place: Path, lab: str | None = None) -> list[Brought]:
    """Write the assignments of a course at `place` into source/ of the course at `home`, with a configuration.

    `lab` is the name for a single assignment, if not its own. Each lab is written whole or not at all: one of several
    that cannot be brought in does not keep the others out. CourseError if there is nothing to bring, or if a lab is
    there already.
    """
    home, place = home.resolve(), place.resolve()
    settings = read_settings((place if place.is_dir() else place.parent) / "nbgrader_config.py")
    found = find_assignments(place, settings.source_directory)
    if lab is not None:
        if len(found) > 1:
            raise CourseError(f"{place} holds {len(found)} assignments: name the folder of one, or leave out --lab.")
        found = [Assignment(lab, found[0].folder, found[0].notebooks, found[0].files)]
    for each in found:
        if (there := home / "source" / each.name).exists():
            raise CourseError(f"{there} is there already: remove it, or import under another name with --lab NAME.")
    write_config(home, settings.kept)
    brought = []
    for each in found:
        try:
            brought.append(bring_one(home, each, settings))
        except CourseError as error:
            if len(found) == 1:
                raise
            brought.append(Brought(Course(home, home, each.name), [], refused=str(error)))
    brought[0].said[:0] = [f"nbgrader_config.py: {name} is not taken over" for name in sorted(set(settings.left))]
    return brought


def bring_one(home: Path, assignment: Assignment, settings: Settings) -> Brought:
    """Write one lab."""
    course = Course(home, home, assignment.name)
    said = []
    course.source.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=course.source.parent) as name:
        new = Path(name) / assignment.name
        new.mkdir()
        for path in assignment.notebooks:
            notebook, put_right = upgrade(path, settings.signs)
            write_notebook(notebook, new / path.name)
            said += [f"{path.stem}: {line}" for line in put_right]
        for path in assignment.files:
            target = new / path.relative_to(assignment.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        new.rename(course.source)
    packages = lab_packages(course)
    wanted = course.source / "requirements.txt"
    if not wanted.exists():
        wanted.write_text("".join(f"{line}\n" for line in distributions([*packages, "jupyterlab"])))
    if lacking := not_installed(packages):
        missing = " ".join(distributions(lacking))
        said.append(f"needs what this Python does not have, so what follows is without it: pip install {missing}")
    return Brought(course, packages, said)


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
