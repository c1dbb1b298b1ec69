"""A lab's own tools are part of labtools: beside the masters, in the release, and in the kernels of students."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import Course, tools_folder
from autograder.release import generate
from autograder.sandbox.folders import copy_lab
from tests.release.test_release import copy  # noqa: F401


@pytest.fixture
def release(copy: Course, tmp_path: Path) -> Path:  # noqa: F811
    """The release of a lab with a tool of its own that needs a package which nothing else needs."""
    folder = copy.source / "labtools/own"
    folder.mkdir()
    (folder / "__init__.py").write_text("import sympy\n")
    return generate(copy, tmp_path / "new")


def test_a_release_has_them_in_the_folder_of_the_tools(release: Path) -> None:
    assert (release / "labtools/own/__init__.py").is_file() and (release / "labtools/handin.py").is_file()


def test_what_they_import_has_to_be_installed(release: Path) -> None:
    imports = json.loads((release / "labtools/manifest.json").read_text())["imports"]
    assert imports == ["matplotlib", "sympy", "torch"]


def test_kernels_get_them_beside_the_newest_tools_of_every_lab(release: Path, tmp_path: Path) -> None:
    (release / "labtools/handin.py").write_text("OLD = 1\n")
    copy_lab(release, tmp_path / "lab", tools_folder())
    assert (tmp_path / "lab/labtools/own/__init__.py").is_file()
    assert (tmp_path / "lab/labtools/handin.py").read_bytes() == (tools_folder() / "handin.py").read_bytes()


def test_a_master_finds_them_where_it_lies(course: Course) -> None:
    """So it can be worked on in JupyterLab."""
    code = "import labtools.probes, labtools; print(labtools.probes.__file__, labtools.__file__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=course.source, capture_output=True, text=True)
    own, every = map(Path, done.stdout.split())
    assert own.resolve() == course.source / "labtools/probes/__init__.py" and every.parent == tools_folder()
