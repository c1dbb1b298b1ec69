"""What the tests of plain cells share: a place where kernels can be had."""

import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a process that forks kernels (kernel.py)."""
    path = str(tmp_path_factory.mktemp("kernels") / "k")
    command = [sys.executable, "-m", "tests.examine.kernel", path]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "ready\n"
    yield path
    process.terminate()
    process.wait()
