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


#: sys_platform, platform_machine and platform_system of what students have.
INTEL_MAC = ("darwin", "x86_64", "Darwin")
OTHERS = [
    ("win32", "AMD64", "Windows"),
    ("linux", "x86_64", "Linux"),
    ("linux", "aarch64", "Linux"),
    ("darwin", "arm64", "Darwin"),
]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


def wanted_on(course: Course, platform: tuple[str, str, str], python: str) -> list[Requirement]:
    """The lines of the lab's requirements.txt that apply there."""
    environment = dict(zip(("sys_platform", "platform_machine", "platform_system"), platform), python_version=python)
    lines = (course.release / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line) for line in lines if not line.startswith("#")]
    return [each for each in wanted if each.marker is None or each.marker.evaluate(environment)]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", [INTEL_MAC, *OTHERS], ids="-".join)
def test_each_package_is_asked_for_once_with_an_upper_bound(
    course: Course, platform: tuple[str, str, str], python: str
) -> None:
    wanted = wanted_on(course, platform, python)
    assert sorted(each.name for each in wanted) == ["jupyterlab", "matplotlib", "numpy", "torch"]
    assert all(bound_of(each) for each in wanted)


def bound_of(wanted: Requirement) -> list[str]:
    return [each.version for each in wanted.specifier if each.operator == "<"]


@pytest.mark.parametrize("python", PYTHONS)
def test_a_mac_with_an_intel_chip_gets_the_last_torch_for_it_and_the_numpy_that_this_one_needs(
    course: Course, python: str
) -> None:
    torch, numpy = (
        each for name in ("torch", "numpy") for each in wanted_on(course, INTEL_MAC, python) if each.name == name
    )
    assert torch.specifier.contains("2.2.2") and not torch.specifier.contains("2.3.0")
    assert numpy.specifier.contains("1.26.4") and not numpy.specifier.contains("2.0.0")


@pytest.mark.parametrize("platform", OTHERS, ids="-".join)
def test_the_pinned_versions_keep_the_bounds(course: Course, home: Path, platform: tuple[str, str, str]) -> None:
    pinned = [line.split("==", 1) for line in (home / "requirements.txt").read_text().splitlines() if "==" in line]
    versions = {name: version.split(";")[0].strip() for name, version in pinned}
    for each in wanted_on(course, platform, "3.11"):
        assert each.name not in versions or each.specifier.contains(versions[each.name]), each.name
        assert each.name in versions or each.name == "numpy"


def test_the_readme_says_which_python_a_mac_with_an_intel_chip_needs(course: Course) -> None:
    text = (course.release / "README.md").read_text()
    assert "Intel chip" in text and "Python 3.11 or 3.12" in text and "No matching distribution found for torch" in text
