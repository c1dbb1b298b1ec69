"""What students get explains itself: a README, requirements with bounds, and a notebook that says what it misses."""

import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from autograder.course import Course
from tests.hidden.conftest import MASTERS
from tests.lab03.test_masters import NAMES, POINTS


class Without:
    """Stands before all finders: a module is not installed."""

    def __init__(self, module: str) -> None:
        self._module = module

    def find_spec(self, name: str, *_: object) -> None:
        if name == self._module:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("module", ["labtools", "labtools.probes", "torch"])
def test_a_notebook_alone_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    for each in {module, "labtools.probes"}:
        monkeypatch.delitem(sys.modules, each, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Without(module), *sys.meta_path])
    setup = next(cell.source for cell in MASTERS[name].cells if cell.id == "setup")
    with pytest.raises(SystemExit, match=f"`{module}` is missing: keep this notebook in the folder of the lab"):
        exec(setup, {})


def test_beside_the_notebooks_lies_one_folder_of_tools(course: Course) -> None:
    others = sorted(path.name for path in course.release.iterdir() if path.suffix != ".ipynb")
    assert others == ["README.md", "labtools", "requirements.txt"]


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
