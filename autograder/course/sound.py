"""Are the masters of a lab as every command needs them? Looked at once, before any work starts."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.course.course import Course, CourseError
from autograder.course.masters import SECRETS, grade_id, is_test, read_notebook
from autograder.course.packages import distributions, lab_packages, not_installed
from autograder.course.profiles import is_plain, profile_of, read_profiles


def check_masters(course: Course) -> None:
    """CourseError if a master cannot be used, with a line for each fault: notebook, cell, what is wrong, what to do."""
    faults = [fault for name in course.notebooks() for fault in faults_of(course.source / f"{name}.ipynb")]
    if not faults and (lacking := not_installed(lab_packages(course))):
        install = " ".join(distributions(lacking))
        faults = [f"{course.lab} imports {', '.join(lacking)}, which this Python lacks: pip install {install}"]
    if faults:
        raise CourseError(faults[0] if len(faults) == 1 else "\n  ".join(["The masters have faults:", *faults]))


def check_profiles(course: Course) -> None:
    """CourseError if a plain test cell was written or changed after the release."""
    known = read_profiles(course)
    for name in course.notebooks():
        for cell in read_notebook(course.source / f"{name}.ipynb").cells:
            if is_test(cell) and is_plain(cell.source):
                profile_of(course, known, name, grade_id(cell), cell.source)


def faults_of(path: Path) -> list[str]:
    """What is wrong with one master, in lines."""
    try:
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    except Exception as error:  # whatever is wrong in a file that anything may have written
        return [f"{path.name}: cannot be read as a notebook ({type(error).__name__}): open and save it in JupyterLab"]
    if (notebook.nbformat, notebook.nbformat_minor) < (4, 5):
        made = f"{notebook.nbformat}.{notebook.nbformat_minor}"
        return [
            f"{path.name}: is in the notebook format {made}, without ids of cells: move the lab out of source/, and "
            f"bring it in with `autograder import`"
        ]
    language = notebook.metadata.get("kernelspec", {}).get("language", "python").lower()
    if language != "python":
        return [f"{path.name}: is written in {language}; only Python can be graded"]
    try:
        MetadataValidator().validate_nb(notebook)
    except Exception as error:  # nbgrader's own words, with the grade id
        return [f"{path.name}: {' '.join(str(error).split())[:200]}: change it in nbgrader's Create Assignment"]
    return [f"{path.name}, {line}" for cell in notebook.cells for line in open_regions(cell)]


def open_regions(cell: NotebookNode) -> list[str]:
    """Signs of solutions, hidden tests and marking schemes that have no end, or no beginning."""
    counts = {
        sign: [sum(f"{end} {sign}" in line for line in cell.source.splitlines()) for end in ("BEGIN", "END")]
        for sign in SECRETS
    }
    name = grade_id(cell) or f"cell {cell.id}"
    return [
        f"{name}: {begun} times BEGIN {sign}, and {ended} times END {sign}: each needs the other"
        for sign, (begun, ended) in counts.items()
        if begun != ended
    ]
