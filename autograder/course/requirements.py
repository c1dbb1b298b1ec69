"""What students of a lab have installed: its requirements.txt, read as pip does, with all that it brings."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from autograder.course.packages import DISTRIBUTIONS


def requirements(path: Path) -> list[str]:
    """The names of the packages in a requirements.txt, as pip calls them. Empty if there is no such file."""
    if not path.is_file():
        return []
    lines = (line.partition("#")[0].strip() for line in path.read_text(errors="replace").splitlines())
    return [name for line in lines if line and not line.startswith("-") and (name := name_in(line))]


def name_in(line: str) -> str | None:
    """The package that one line of a requirements.txt asks for; None if it is for other machines, or no such line."""
    try:
        asked = Requirement(line)
    except InvalidRequirement:
        return None
    return canonicalize_name(asked.name) if asked.marker is None or asked.marker.evaluate({"extra": ""}) else None


def modules_of(packages: list[str]) -> set[str]:
    """The modules that come with these packages and all that they bring along."""
    known, waiting = set(packages), list(packages)
    while waiting:
        try:
            lines = requires(waiting.pop()) or []
        except PackageNotFoundError:
            continue
        more = {name for line in lines if (name := name_in(line))} - known
        known |= more
        waiting += more
    modules = {
        module
        for module, names in packages_distributions().items()
        if any(canonicalize_name(name) in known for name in names)
    }
    return modules | {module for module, name in DISTRIBUTIONS.items() if name in known} | known
