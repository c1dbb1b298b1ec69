"""Protections that can be taken out of a copy of this repository, and what then has to fail.

A removal is an entry of a TOML file here: `protection` says what is taken out; in `file` the text `code` is
replaced by `instead` (or several `edits` are made). Then either `attacks` of the bank get other points than they
earned, or `tests` fail. Other submissions and other tests must still be well: what breaks everything proves nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

RIGHT = "s01-right"
SCORES = "tests/grade/test_scores.py::test_points_are_those_that_were_earned"
STILL_WELL = "tests/sandbox/test_walls.py::test_the_lab_is_there"
PARTS = ("autograder", "labtools", "tests", "source", "hidden", "release", "nbgrader_config.py", "pyproject.toml")


@dataclass(frozen=True)
class Edit:
    file: str
    code: str
    instead: str

    def make(self, folder: Path) -> None:
        """Edit the file in this folder. ValueError if the code is not there, once."""
        path = folder / self.file
        text = path.read_text()
        if text.count(self.code) != 1:
            raise ValueError(f"{self.file} has this {text.count(self.code)} times: {self.code}")
        path.write_text(text.replace(self.code, self.instead))


@dataclass(frozen=True)
class Removal:
    protection: str
    edits: list[Edit]
    attacks: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)

    @property
    def must_fail(self) -> set[str]:
        return {f"{SCORES}[{attack}]" for attack in self.attacks} | set(self.tests)

    @property
    def must_pass(self) -> set[str]:
        return {f"{SCORES}[{RIGHT}]" if self.attacks else STILL_WELL}


def read_removals(folder: Path) -> list[Removal]:
    """All removals in the TOML files of a folder."""
    found = []
    for path in sorted(folder.glob("*.toml")):
        for entry in tomllib.loads(path.read_text())["removal"]:
            edits = entry.pop("edits", None) or [{key: entry.pop(key) for key in ("file", "code", "instead")}]
            found.append(Removal(edits=[Edit(**edit) for edit in edits], **entry))
    return found


def copy_without(removal: Removal, home: Path, folder: Path) -> None:
    """Copy the repository without a protection; if it is shown by attacks, with these for the class."""
    for part in PARTS:
        copy = shutil.copytree if (home / part).is_dir() else shutil.copy2
        copy(home / part, folder / part)
    for edit in removal.edits:
        edit.make(folder)
    bank = folder / "tests/lab03"
    for path in [*bank.glob("class/*"), *bank.glob("hostile/*")] if removal.attacks else ():
        if path.stem in (RIGHT, *removal.attacks):
            path.rename(bank / "class" / path.name)
        elif path.parent.name == "class":
            path.unlink()


def outcomes(removal: Removal, folder: Path) -> tuple[dict[str, str], str]:
    """Run the removal's tests in such a copy. Returns what became of each ("PASSED", "FAILED"), and all output."""
    own = os.environ.get("PYTHONPATH", "")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), own])}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", "-q", "--tb=short"]
    command += [SCORES] if removal.attacks else [STILL_WELL, *removal.tests]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    text = done.stdout + done.stderr
    return {test: word for word, test in re.findall(r"^(PASSED|FAILED|ERROR) (\S+)", text, re.M)}, text
