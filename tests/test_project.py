"""The project's own files agree with each other."""

import re
from pathlib import Path


def pins(text: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^\s*(?:- )?([A-Za-z0-9_-]+)==([0-9.]+)", text))


def test_conda_and_pip_install_the_same(home: Path) -> None:
    pip = pins((home / "requirements.txt").read_text())
    assert pip and pip == pins((home / "environment.yml").read_text())


def test_every_direct_dependency_is_pinned(home: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"):
        lines = [line for line in (home / name).read_text().splitlines() if line and line[0] != "#"]
        assert len(lines) == len(pins("\n".join(lines))) and not any("#" in line for line in lines)


def test_every_target_of_the_makefile_has_help(home: Path) -> None:
    text = (home / "Makefile").read_text()
    phony = set(re.search(r"\.PHONY: (.*)", text)[1].split())
    explained = set(re.findall(r"(?m)^([a-z-]+):.*## ", text))
    assert phony - explained == {"system", "lint"}


def test_the_pages_name_commands_that_exist(home: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (home / "Makefile").read_text()))
    for path in [home / "README.md", *(home / "docs").glob("*.md")]:
        assert set(re.findall(r"`make ([a-z-]+)", path.read_text())) <= targets, path.name


def test_links_of_the_docs_lead_somewhere(home: Path) -> None:
    for path in [home / "README.md", *(home / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_what_grading_imports_is_not_for_developers_alone(home: Path) -> None:
    for_developers = pins((home / "requirements-dev.txt").read_text())
    text = "\n".join(path.read_text() for path in (home / "autograder").rglob("*.py"))
    imported = set(re.findall(r"(?m)^\s*(?:import|from) (\w+)", text))
    assert not imported & {name.replace("-", "_").lower() for name in for_developers}
