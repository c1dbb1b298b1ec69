"""What is said where a level cannot be had: what, why, and what to do, in one line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from autograder.sandbox import levels, missing
from autograder.sandbox.box import landlock, users

REFUSE = Path(__file__).with_name("refuse.py")
ASK = "import sys; from autograder.sandbox import missing; print(missing(sys.argv[1]))"


def test_where_a_filter_refuses_namespaces_the_level_reduced_is_offered() -> None:
    command = [sys.executable, str(REFUSE), sys.executable, "-c", ASK, "full"]
    (line,) = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.splitlines()
    assert "filter" in line and "seccomp=unconfined" in line and ("REDUCED=1" in line or not landlock.version())


def test_the_level_reduced_needs_no_namespaces() -> None:
    command = [sys.executable, str(REFUSE), sys.executable, "-c", ASK, "reduced"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.strip()
    assert said == "None" or ("Landlock" in said and not landlock.version())


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"kernel/apparmor_restrict_unprivileged_userns": 1}, "AppArmor"),
        ({"user/max_user_namespaces": 0}, "user.max_user_namespaces"),
        ({"kernel/unprivileged_userns_clone": 0}, "kernel.unprivileged_userns_clone=1"),
    ],
)
def test_the_reason_is_the_systems_own(monkeypatch: pytest.MonkeyPatch, settings: dict[str, int], word: str) -> None:
    refused = None if "AppArmor" in word else "Operation not permitted"
    monkeypatch.setattr(levels, "refused_namespace", lambda: refused)
    monkeypatch.setattr(levels, "sysctl", settings.get)
    assert word in levels.reason("full", "bwrap: loopback: Failed RTM_NEWADDR")


def test_files_for_their_owner_only_are_named() -> None:
    for said in (
        "the sandbox cannot read /x/numpy: Permission denied",
        "bwrap: Can't find source path /x/numpy: Permission denied",
    ):
        assert "chmod -R a+rX /x/numpy" in levels.reason("full", said)


def test_the_folder_that_closes_them_is_named() -> None:
    with tempfile.TemporaryDirectory() as folder:  # its owner's only
        said = f"bwrap: Can't find source path {folder}/python: Permission denied"
        assert levels.reason("full", said).endswith(f": chmod a+x {folder}")
        os.chmod(folder, 0o755)
        assert levels.reason("full", said).endswith(f": chmod -R a+rX {folder}/python")


def test_no_landlock_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert "Linux 5.13" in levels.reason("reduced", "Landlock is missing")


def test_a_level_that_there_is_not() -> None:
    assert "there is no level 'some'" in str(missing("some"))


LOWER = """
import resource, sys
for kind, value in ((resource.RLIMIT_AS, 8 << 30), (resource.RLIMIT_NOFILE, 200), (resource.RLIMIT_FSIZE, 1 << 20)):
    resource.setrlimit(kind, (value, value))
from autograder.sandbox import missing
print([missing(level) for level in sys.argv[1:]])
"""


@pytest.mark.parametrize("level", ["full", "reduced"])
def test_lower_hard_limits_are_taken(level: str) -> None:
    if reason := missing(level):
        pytest.skip(reason)
    done = subprocess.run([sys.executable, "-c", LOWER, level], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[None]", done.stderr


@pytest.mark.parametrize("level", ["full", "reduced"])
def test_a_python_behind_a_link_and_in_a_path_with_dots(tmp_path: Path, level: str) -> None:
    """An environment whose Python is a link to a link elsewhere, called by a path with `..` in it."""
    if reason := missing(level):
        pytest.skip(reason)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "python3"
    link.symlink_to(os.path.realpath(sys.executable))
    environment = tmp_path / "environment"
    subprocess.run([str(link), "-m", "venv", "--without-pip", str(environment)], check=True, timeout=60)
    packages = [path for path in sys.path if path.endswith("site-packages")]
    paths = {"PYTHONPATH": os.pathsep.join([os.environ["PYTHONPATH"], *packages])}
    command = [f"{tmp_path}/elsewhere/../environment/bin/python", "-c", ASK, level]
    done = subprocess.run(command, env=os.environ | paths, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "None", done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a user to change to")
def test_what_another_user_may_not_read_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "site-packages"
    (place / "numpy").mkdir(parents=True)
    (place / "numpy" / "__init__.py").touch(0o600)
    monkeypatch.setattr(sys, "path", [str(place)])
    monkeypatch.setattr("autograder.sandbox.box.room.python_folders", list)
    assert users.reads_python(users.FIRST) is not None
    for path in (tmp_path, *tmp_path.parents[:3], place, place / "numpy"):
        path.chmod(0o755)
    (place / "numpy" / "__init__.py").chmod(0o644)
    assert users.reads_python(users.FIRST) is None


def test_files_and_folders_are_readable_whatever_the_umask(tmp_path: Path) -> None:
    code = "import os; os.umask(0o077); " + ASK
    for level in ("full", "reduced"):
        if missing(level) is None:
            done = subprocess.run([sys.executable, "-c", code, level], capture_output=True, text=True, timeout=60)
            assert done.stdout.strip() == "None", done.stderr
