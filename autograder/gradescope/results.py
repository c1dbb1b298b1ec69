"""Grading one submission on Gradescope, and telling it the result in the form that it reads.

The form: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from autograder.course import (
    CellGrade,
    Course,
    CourseError,
    NotebookResult,
    SubmissionResult,
    grade_id,
    is_test,
    open_course,
    read_notebook,
)
from autograder.grade import examine_all
from autograder.gradescope.pack import SETTING
from autograder.sandbox import REDUCED

STUDENT = "submission"
#: Students see the checks of the release at once, hidden ones when the grades are published.
VISIBLE, LATER = "visible", "after_published"


def grade_submission(home: Path, submission: Path, results: Path) -> None:
    """Grade what is in the folder `submission`, at the level reduced, and write the file `results`.

    `home` is the course as it was packed. CourseError, and no file, where the fault is not the student's.
    """
    setting = json.loads((home / SETTING).read_text())
    with tempfile.TemporaryDirectory() as folder:
        course = open_course(setting["lab"], home, Path(folder))
        course.submission(STUDENT).parent.mkdir(parents=True)
        shutil.copytree(submission, course.submission(STUDENT), symlinks=True)
        (result,) = examine_all(course, [STUDENT], setting["seed"], 1, REDUCED)
    for book in result.notebooks:
        if book.status == "failed":
            raise CourseError(f"{book.name}: {book.reason}")
    new = results.with_suffix(".new")
    new.write_text(json.dumps(as_gradescope(course, result), indent=1))
    new.replace(results)


def as_gradescope(course: Course, result: SubmissionResult) -> dict[str, Any]:
    """The result of a submission as Gradescope reads it. Its score has only what tests give."""
    tests, by_hand, output = [], [], []
    for book in result.notebooks:
        public = released_tests(course, book.name)
        if book.status != "graded":
            output.append(f"{book.name}: {book.status}. {book.reason}")
        output += [f"{book.name}: {line}" for line in (*book.repairs, *book.tampering)]
        for name, cell in book.cells.items():
            if name in public:
                tests += checks_of(name, cell, book, public[name])
            elif cell.max_points:
                by_hand.append(f"{name} ({cell.max_points:g})")
    if by_hand:
        output.append(f"A person gives points for {', '.join(by_hand)}: they are not in this score.")
    return {
        "score": round(sum(test["score"] for test in tests), 6),
        "output": "\n".join(output),
        "output_format": "text",
        "visibility": VISIBLE,
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def checks_of(name: str, cell: CellGrade, book: NotebookResult, public: str) -> list[dict[str, Any]]:
    """The checks of a test cell; `public` is what students can read of it. One entry where none was run."""
    if not cell.checks:
        return [entry(name, cell.points or 0.0, cell.max_points, book.reason or "Its checks were not run.", VISIBLE)]
    return [
        entry(
            f"{name}: {check.name}",
            check.earned,
            check.weight,
            check.message,
            VISIBLE if check.name in public else LATER,
        )
        for check in cell.checks
    ]


def entry(name: str, score: float, most: float, output: str, visibility: str) -> dict[str, Any]:
    return {
        "name": name,
        "score": score,
        "max_score": most,
        "status": "passed" if score >= most else "failed",
        "output": output,
        "output_format": "text",
        "visibility": visibility,
    }


def released_tests(course: Course, name: str) -> dict[str, str]:
    """What students can read of the test cells of a notebook, by grade id."""
    cells = read_notebook(course.release / f"{name}.ipynb").cells
    return {grade_id(cell): cell.source for cell in cells if is_test(cell)}
