"""A course with a class folder of its own, where nothing is handed in yet, and a class in a small Moodle."""

from pathlib import Path

import pytest

from autograder.course import Course
from tests.collect.small_moodle import SmallMoodle, a_class


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Course:
    """The repository's masters, and a class list, late.toml and submissions of its own."""
    for name in ("source", "release"):
        (tmp_path / name).symlink_to(home / name)
    (tmp_path / "nbgrader_config.py").write_text((home / "nbgrader_config.py").read_text())
    return Course(tmp_path, tmp_path, "lab03")


@pytest.fixture
def moodle() -> SmallMoodle:
    return SmallMoodle(a_class())
