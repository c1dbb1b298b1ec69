"""The package as pip installs it, outside this repository: built, put into an environment of its own, used there."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.importing.old_course import write_old_course

LAB = "Home_Work_1"
SOURCES = ("autograder", "labtools", "pyproject.toml", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


@pytest.fixture(scope="module")
def wheel(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    for name in [*SOURCES, *(path.name for path in home.glob("requirements*.txt"))]:
        copy = shutil.copytree if (home / name).is_dir() else shutil.copy
        copy(home / name, folder / name)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder / "dist", folder, cwd=folder)
    (found,) = (folder / "dist").glob("*.whl")
    return found


@pytest.mark.slow
def test_the_wheel_holds_all_that_is_no_code(home: Path, wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    ours = [path for name in ("autograder", "labtools") for path in (home / name).rglob("*") if path.is_file()]
    wanted = {path.relative_to(home).as_posix() for path in ours if "__pycache__" not in path.parts}
    assert wanted <= packed and not [name for name in packed if name.startswith(("tests", "hidden", "source"))]


@pytest.mark.slow
def test_an_imported_course_is_graded_with_nothing_but_the_wheel(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    programs = tmp_path / "env/bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path)
    assert not list((tmp_path / "env").glob("lib/*/site-packages/torch"))
    home = tmp_path / "home"
    home.mkdir()
    write_old_course(tmp_path / "old")

    def autograder(*words: str | Path) -> str:
        return run(programs / "autograder", *words, cwd=home)

    assert "All is well" in autograder("doctor")
    assert f"next: autograder release --lab {LAB}" in autograder("import", tmp_path / "old")
    autograder("release")
    folder = home / "submitted/s01-right" / LAB
    shutil.copytree(home / "source" / LAB, folder)
    assert "1 graded, 0 unchanged" in autograder("autograde")
    autograder("feedback")
    autograder("report")
    assert (home / f"feedback/s01-right/{LAB}/words.html").is_file()
    (student,) = json.loads((home / f"report/{LAB}.json").read_text())["students"]
    assert student["total"] == 2.5

    empty = tmp_path / "empty"
    empty.mkdir()
    run(programs / "autograder", "new-lab", "--lab", "lab04", cwd=empty)
    assert (empty / "release/lab04/exercise1.ipynb").is_file()
