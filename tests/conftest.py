"""What the tests share: the course of this repository, and empty courses beside it."""

import functools
import os
import time
from collections.abc import Callable
from pathlib import Path

import nbgrader.api
import pytest

from autograder.course import Course, open_course, use_own_commands

HOME = Path(__file__).resolve().parent.parent
use_own_commands()
os.environ["PYTHONPATH"] = str(HOME)  # programs that tests start use this package too
#: nbgrader starts a program for it, for each gradebook that it makes anew.
nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Where several processes share the tests (make test), what shares a long fixture stays together."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            if file.endswith("test_removals.py"):
                return nodeid
            return {"tests/grade/test_feedback.py": "tests/grade/test_scores.py"}.get(file, file)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def growth_of() -> Callable[[Callable[[int], object], int], float]:
    """How many times as long (CPU) a size times four takes: 4 where time grows with it, 16 where with its square."""

    def seconds(work: Callable[[int], object], size: int) -> float:
        start = time.process_time()
        work(size)
        return time.process_time() - start

    def growth(work: Callable[[int], object], size: int) -> float:
        return min(seconds(work, 4 * size) for _ in range(3)) / min(seconds(work, size) for _ in range(3))

    return growth


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
