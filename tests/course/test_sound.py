"""Masters are looked at once, and what is wrong with one is said in a line: notebook, cell, what to do."""

import json
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course, CourseError, check_masters
from autograder.release import make_release


def lab(folder: Path, *sources: str, **change: object) -> Course:
    course = Course(folder, folder, "hw")
    cells = []
    for number, source in enumerate(sources):
        marks = {"grade_id": f"x-{number}", "grade": False, "solution": True, "locked": False, "schema_version": 3}
        cells.append(nbformat.v4.new_code_cell(source, id=f"x-{number}", metadata={"nbgrader": marks | change}))
    course.source.mkdir(parents=True)
    (course.source / "one.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    return course


def test_sound_masters_pass(course: Course, tmp_path: Path) -> None:
    check_masters(course)
    check_masters(lab(tmp_path, "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"))


@pytest.mark.parametrize(
    ("sources", "change", "said"),
    [
        (["### BEGIN SOLUTION\nx = 1"], {}, "one.ipynb, x-0: 1 times BEGIN SOLUTION, and 0 times END SOLUTION"),
        (["x = 1", "x = 2"], {"grade_id": "same"}, "one.ipynb: Duplicate grade id: same: change it"),
        (["x = 1"], {"grade": True, "solution": False}, "one.ipynb: nbgrader cell 'x-0' does not have points"),
        (["import no_such_package"], {}, "hw imports no_such_package, which this Python lacks: pip install no_such"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, sources: list[str], change: dict, said: str) -> None:
    course = lab(tmp_path, *sources, **change)
    with pytest.raises(CourseError) as error:
        make_release(course)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert not course.release.parent.exists()


def test_old_formats_are_to_be_imported(tmp_path: Path) -> None:
    course = lab(tmp_path, "x = 1")
    path = course.source / "one.ipynb"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"nbformat_minor": 4}))
    with pytest.raises(CourseError, match="one.ipynb: is in the notebook format 4.4.*`autograder import`"):
        check_masters(course)
    path.write_text("{")
    with pytest.raises(CourseError, match="one.ipynb: cannot be read as a notebook"):
        check_masters(course)
