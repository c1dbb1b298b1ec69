"""The class that is measured: submissions from the bank, as folders, or as a download of Moodle."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path

from autograder.check import hand_in, read_bank
from autograder.course import Course


def make_class(home: Course, place: Path, size: int) -> list[str]:
    """A class of right, wrong and blank submissions, in turn. Returns the students' names."""
    course = Course(home.home, place, home.lab)
    entries = [
        entry for entry in read_bank(home.home / "tests" / home.lab / "class") if not (entry.hostile or entry.files)
    ]
    names = []
    for number in range(size):
        entry = entries[number % len(entries)]
        names.append(f"s{number:03}-{entry.name}")
        hand_in(replace(entry, name=names[-1]), course)
    return names


def make_download(place: Path, lab: str, names: list[str]) -> Path:
    """What Moodle gives of these submissions with "Download all submissions": a folder for each participant."""
    path = place / "download.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number, name in enumerate(names, 4000):
            for notebook in sorted((place / "submitted" / name / lab).glob("*.ipynb")):
                file.write(notebook, f"{name}_{number}_assignsubmission_file/{notebook.name}")
    return path


def course_folder(home: Course, place: Path) -> None:
    """Make a folder a course with the masters of another."""
    place.mkdir(parents=True, exist_ok=True)
    for name in ("source", "hidden", "release", "nbgrader_config.py"):
        if not (place / name).exists():
            os.symlink(home.home / name, place / name)
