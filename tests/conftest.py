"""What the tests share: the course of this repository, and empty courses beside it."""

import os
from pathlib import Path

import pytest

from autograder.course import Course, open_course, use_own_commands

HOME = Path(__file__).resolve().parent.parent
use_own_commands()
os.environ["PYTHONPATH"] = str(HOME)  # programs that tests start use this package too


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes share the tests (make test), those of a file stay together: they share fixtures."""
    for item in items:
        if "removal" not in item.fixturenames:  # type: ignore[attr-defined]
            group = "graded" if "graded" in item.fixturenames else str(item.path)  # type: ignore[attr-defined]
            item.add_marker(pytest.mark.xdist_group(group))


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
