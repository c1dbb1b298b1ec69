"""`make` sets up .venv: made again when it is half-made, with one line for a Python that will not do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

#: Stands for Python: it notes how it is called, and `-m venv` makes an environment with another of itself.
PYTHON = """#!/bin/sh
echo "$@" >> calls
case "$*" in
  "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python && touch .venv/whole;;
  "-m pip --version") test -e .venv/whole;;
  *autograder*doctor*) ls -l .venv/bin;;
esac
"""


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"):
        shutil.copy(home / name, tmp_path)
    (tmp_path / "python").write_text(PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", f"PYTHON={folder}/python", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def calls(folder: Path) -> list[str]:
    return (folder / "calls").read_text().splitlines()


def test_a_half_made_environment_is_made_again(folder: Path) -> None:
    (folder / ".venv/bin").mkdir(parents=True)
    shutil.copy(folder / "python", folder / ".venv/bin/python")
    assert make(folder, ".venv/ready").returncode == 0
    assert (folder / ".venv/whole").exists() and (folder / ".venv/ready").exists()


def test_a_whole_environment_stays(folder: Path) -> None:
    assert make(folder, ".venv/ready").returncode == 0
    (folder / ".venv/mine").touch()
    os.utime(folder / "pyproject.toml", (2e9, 2e9))
    assert make(folder, ".venv/ready").returncode == 0
    assert (folder / ".venv/mine").exists()


def test_an_environment_that_cannot_be_made_is_not_left_behind(folder: Path) -> None:
    (folder / "python").write_text('#!/bin/sh\ncase "$*" in "-m venv .venv") mkdir .venv; exit 1;; esac\n')
    assert make(folder, ".venv/ready").returncode != 0
    assert not (folder / ".venv").exists()


def test_another_python_gets_one_line(folder: Path) -> None:
    (folder / "python").write_text("#!/bin/sh\nexit 1\n")
    done = make(folder, ".venv/ready")
    assert done.returncode != 0 and "Python 3.11 to 3.14 is needed" in done.stdout
    assert not (folder / ".venv").exists()


def test_nothing_is_fetched_to_install_the_package_itself(folder: Path) -> None:
    """With build isolation pip would get setuptools from the network, each time that pyproject.toml changes."""
    make(folder, ".venv/ready")
    (own,) = [call for call in calls(folder) if "--editable" in call]
    assert "--no-build-isolation" in own and "--no-deps" in own
    assert any(line.startswith("setuptools==") for line in (folder / "requirements.txt").read_text().splitlines())


def test_a_teaching_assistant_gets_no_developers_packages(folder: Path) -> None:
    make(folder, "doctor")
    assert any("-r requirements.txt" in call for call in calls(folder))
    assert not any("-r requirements-dev.txt" in call for call in calls(folder))


@pytest.mark.parametrize(
    ("variable", "option"), [("REDUCED=1", "--reduced"), ("UNSAFE=1", "--unsafe"), ("JOBS=1", "--jobs 1")]
)
def test_levels_are_variables(folder: Path, variable: str, option: str) -> None:
    make(folder, "autograde", variable)
    assert option in calls(folder)[-1]
    assert not {"--reduced", "--unsafe"} - {option} & set(calls(folder)[-1].split())
