"""The skeleton of a new lab passes release, autograde and check as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.check import Check, hand_in, read_bank
from autograder.course import CourseError
from autograder.demo import compare
from autograder.grade import autograde
from autograder.record import Writer
from autograder.release.new_lab import make_lab


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty folder, where there is no course yet."""
    return tmp_path


def test_the_skeleton_passes_release_autograde_and_check(root: Path) -> None:
    course = make_lab(root, "lab04")
    entries = read_bank(root / "tests/lab04/class")
    for entry in entries:
        hand_in(entry, course)
    counts = autograde(course)
    assert (counts.graded, counts.failed) == (len(entries), 0)
    with Writer(course) as writer:
        assert compare(entries, course, writer) == []
    check = Check(course)
    check.run("seed")
    assert check.lines == [] and len(check.mutants) >= 2
    done = subprocess.run([sys.executable, "-m", "labtools"], cwd=course.release, capture_output=True, text=True)
    assert done.returncode == 0 and "2 answers are not written" in done.stdout, done.stdout
    with pytest.raises(CourseError, match="is there already"):
        make_lab(root, "lab04")


@pytest.mark.parametrize("lab", ["lab 4", "../lab04", ""])
def test_a_lab_needs_a_plain_name(root: Path, lab: str) -> None:
    before = sorted(root.rglob("*"))
    with pytest.raises(CourseError, match="cannot be the name of a lab"):
        make_lab(root, lab)
    assert sorted(root.rglob("*")) == before
