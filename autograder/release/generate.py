"""The student version of a lab, made by nbgrader."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, CourseError, errors_of_nbgrader, tools_folder, why_nbgrader_stopped
from autograder.record import stamp
from autograder.release.manifest import write_manifest


def generate(course: Course, folder: Path, database_url: str | None = None) -> Path:
    """Have nbgrader write the student version into `folder`, and the lab into a gradebook. Returns the new release."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    start = inspect.unwrap(GenerateAssignment.start)  # nbgrader's own: in a course of this kit see ways_in.py
    config = course.config()
    config.CourseDirectory.release_directory = str(folder)
    config.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"
    config.CourseDirectory.db_url = database_url or f"sqlite:///{folder}/gradebook.db"
    folder.mkdir(parents=True, exist_ok=True)
    stamp(config.CourseDirectory.db_url)
    config.CourseDirectory.ignore = [".*", "__pycache__", "*.pyc", "feedback"]  # nbgrader's own, and all hidden files
    config.GenerateAssignment.force = True
    config.GenerateAssignment.permissions = 644
    with errors_of_nbgrader() as errors:
        try:
            start(GenerateAssignment(coursedir=CourseDirectory(config=config), config=config))
        except NbGraderException as error:
            what = f"nbgrader could not make a release of {course.source}: {why_nbgrader_stopped(errors, error)}"
            raise CourseError(what) from None
    add_tools(folder / course.lab)
    return folder / course.lab


def add_tools(release: Path) -> None:
    """Put the students' tools into a release, beside those of the lab's own, with the manifest of its cells."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(tools_folder(), release / "labtools", ignore=ignore, dirs_exist_ok=True)
    write_manifest(release)
