"""nbgrader's own autograde, in a course without this kit's settings, gives honest submissions the same scores."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.check import expected_points, hand_in, read_bank
from autograder.grade.run import prepare_gradebook
from autograder.record import Writer
from tests.grade.conftest import new_course

pytestmark = pytest.mark.slow  # nbgrader grades a class


def test_plain_nbgrader_gives_the_same_scores(home: Path, tmp_path: Path) -> None:
    course = new_course(home, tmp_path)
    entries = [entry for entry in read_bank(home / "tests/lab03/class") if not (entry.hostile or entry.files)]
    for entry in entries:
        hand_in(entry, course)
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
    own = f"c = get_config()\nc.CourseDirectory.root = {str(tmp_path)!r}\nc.Execute.timeout = 20\n"
    (tmp_path / "nbgrader_config.py").write_text(own)
    command = [str(Path(sys.executable).parent / "nbgrader"), "autograde", "lab03"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    with Gradebook(course.database_url) as gradebook:
        for entry in entries:
            submission = gradebook.find_submission("lab03", entry.name)
            got = {grade.name: grade.auto_score for book in submission.notebooks for grade in book.grades}
            wanted = expected_points(entry, course)
            assert {name: got[name] for name in wanted} == wanted, entry.name
