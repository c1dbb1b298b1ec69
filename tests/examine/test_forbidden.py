"""No test cell unpickles an object or starts a program in the grader's process, whatever a student's code gives it."""

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.examine.forbidden import forbidden


class Over(BaseException):
    """The test was ended."""


class Touch:
    """Its pickle makes a file."""

    def __reduce__(self) -> Any:
        return Path.touch, (Path("was-here"),)


BYTES = pickle.dumps(Touch())


def as_array() -> io.BytesIO:
    """The same as an array that numpy unpickles."""
    file = io.BytesIO()
    np.save(file, np.array([Touch()], dtype=object), allow_pickle=True)
    file.seek(0)
    return file


USES: dict[str, tuple[str, Any]] = {
    "loads": ("import pickle\npickle.loads(given)", BYTES),
    "unpickler": ("import pickle, io\npickle.Unpickler(io.BytesIO(given)).load()", BYTES),
    "unpickler-in-python": ("import pickle, io\npickle._Unpickler(io.BytesIO(given)).load()", BYTES),
    "numpy": ("import numpy as np\nnp.load(given, allow_pickle=True)", as_array),
    "pandas": ("import io, pandas as pd\npd.read_pickle(io.BytesIO(given))", BYTES),
    "torch": ("import io, torch\ntorch.load(io.BytesIO(given), weights_only=False)", BYTES),
    "system": ("import os\nos.system(given)", "touch was-here"),
    "popen": ("import os\nos.popen(given).read()", "touch was-here"),
    "run": ("import subprocess\nsubprocess.run(given, shell=True)", "touch was-here"),
    "getoutput": ("import subprocess\nsubprocess.getoutput(given)", "touch was-here"),
    "asyncio": ("import asyncio\nasyncio.run(asyncio.create_subprocess_shell(given))", "touch was-here"),
}


def run(source: str, given: Any) -> None:
    exec(compile(source, "test-1", "exec"), {"given": given() if callable(given) else given})


def refuse(reason: str) -> None:
    raise Over(reason)


@pytest.mark.parametrize("use", USES)
def test_it_does_not_happen(use: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Over, match="unpickles an object|starts a program"), forbidden(refuse):
        run(*USES[use])
    assert not (tmp_path / "was-here").exists()


def test_a_test_without_it_is_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with forbidden(refuse):
        assert pickle.loads(pickle.dumps([1, "a", {2: 3.0}])) == [1, "a", {2: 3.0}]
    run("import pickle\npickle.loads(given)", BYTES)
    assert (tmp_path / "was-here").exists()


def test_what_a_library_starts_of_its_own_runs() -> None:
    """As matplotlib does, to look for fonts."""
    with forbidden(refuse):
        run("from ctypes import util\nutil._get_soname('/bin/sh')", None)
        run("import platform\nplatform.processor()", None)
