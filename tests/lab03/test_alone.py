"""What students get explains itself: a README, requirements with bounds, and a notebook that says what it misses."""

import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograder.course import Course
from tests.hidden.conftest import MASTERS
from tests.lab03.test_masters import NAMES, POINTS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("module", ["labtools", "probes", "torch"])
def test_a_notebook_alone_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    setup = next(cell.source for cell in MASTERS[name].cells if cell.id == "setup")
    with pytest.raises(SystemExit, match=f"`{module}` is missing: keep this notebook in the folder of the lab"):
        exec(setup, {})


def test_the_readme_names_the_notebooks_and_their_points(course: Course) -> None:
    text = (course.release / "README.md").read_text()
    for name in NAMES:
        assert f"`{name}.ipynb` ({POINTS[name]} points" in text
    assert "python -m labtools" in text and "Colab" in text


def test_requirements_have_bounds_that_the_pinned_versions_keep(course: Course, home: Path) -> None:
    lines = [line for line in (course.release / "requirements.txt").read_text().splitlines() if line[0] != "#"]
    wanted = {each.name: each for each in map(Requirement, lines)}
    pinned = [line.split("==", 1) for line in (home / "requirements.txt").read_text().splitlines() if "==" in line]
    versions = {name: version.split(";")[0].strip() for name, version in pinned}
    assert set(wanted) == {"torch", "matplotlib", "jupyterlab", "numpy"}
    for name in set(wanted) - {"numpy"}:
        assert wanted[name].specifier and wanted[name].specifier.contains(versions[name]), name
    marker = wanted["numpy"].marker
    assert marker and marker.evaluate({"sys_platform": "darwin", "platform_machine": "x86_64"})
    assert not marker.evaluate({"sys_platform": "linux", "platform_machine": "x86_64"})
