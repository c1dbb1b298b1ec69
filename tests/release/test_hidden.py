"""Judges never reach students, whatever command makes the release."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, use_own_commands
from autograder.release.leaks import find_leaks
from autograder.release.make import contents, make_release
from autograder.release.new_lab import write_skeleton

JUDGE = "square.py"


@pytest.fixture
def course(home: Path, tmp_path: Path) -> Course:
    """The skeleton lab, not released yet."""
    course = Course(tmp_path, tmp_path, "lab04")
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    write_skeleton(course)
    use_own_commands()
    return course


def by_make(course: Course) -> None:
    make_release(course)


def by_command(course: Course) -> None:
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", course.lab]
    done = subprocess.run(command, cwd=course.home, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def by_button(course: Course) -> None:
    """What formgrader's Generate button calls."""
    config = course.config()
    done = NbGraderAPI(CourseDirectory(config=config), config=config).generate_assignment(course.lab)
    assert done["success"], done


def without_configuration(course: Course) -> None:
    """nbgrader where it does not find the course's configuration."""
    (course.home / "nbgrader_config.py").unlink()
    by_command(course)


@pytest.mark.parametrize("way", [by_make, by_command, by_button, without_configuration])
def test_a_release_holds_no_judge(course: Course, way) -> None:
    assert (course.hidden / JUDGE).is_file()
    way(course)
    files = contents(course.release)
    assert "exercise1.ipynb" in files
    assert JUDGE not in "\n".join(files) and not any(b"random.uniform" in data for data in files.values())
    if way is not without_configuration:
        assert find_leaks(course, course.release) == []


def test_a_judge_in_a_release_is_found(course: Course) -> None:
    make_release(course)
    text = (course.hidden / JUDGE).read_text()
    place = course.release / "labtools/showing.py"
    place.write_text(text)
    assert [line for line in find_leaks(course, course.release) if "random.uniform" in line]
    place.write_text("from hidden.lab04.square import judge")
    assert [line for line in find_leaks(course, course.release) if "imports hidden" in line]
