"""What the tests share: the course of this repository, and empty courses beside it."""

import os
from pathlib import Path

import pytest

from autograder.course import Course, open_course, use_own_commands

HOME = Path(__file__).resolve().parent.parent
use_own_commands()
os.environ["PYTHONPATH"] = str(HOME)  # programs that tests start use this package too


@pytest.fixture(scope="session")
def home() -> Path:
    return HOME


@pytest.fixture(scope="session")
def course() -> Course:
    """The repository's own lab. Read only."""
    return open_course("lab03", HOME)


@pytest.fixture
def empty(tmp_path: Path) -> Course:
    """The repository's masters with a class folder of its own, where nothing is handed in yet."""
    return Course(HOME, tmp_path, "lab03")
