"""Where the things of a course are, and the error that ends a command with one clear line."""

from __future__ import annotations

import os
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader


class CourseError(Exception):
    """Something is not as the command needs it. The message says what, where, and what to do."""


@dataclass(frozen=True)
class Course:
    """One lab of a course.

    `home` holds the masters (`source/`) and nbgrader_config.py. `root` holds what grading reads and
    writes: `submitted/`, `autograded/`, `feedback/`, `report/` and the gradebook. Both are the same
    folder, except in a demo, which keeps its class apart.
    """

    home: Path
    root: Path
    lab: str

    @property
    def source(self) -> Path:
        return self.home / "source" / self.lab

    @property
    def release(self) -> Path:
        return self.home / "release" / self.lab

    @property
    def hidden(self) -> Path:
        """The judges of the lab, in a folder that nbgrader never copies to students."""
        return self.home / "hidden" / self.lab

    @property
    def submitted(self) -> Path:
        return self.root / "submitted"

    @property
    def gradebook(self) -> Path:
        return self.root / "gradebook.db"

    @property
    def database_url(self) -> str:
        """The gradebook as SQLAlchemy names it: a file in `root`, or the server in the course's configuration.

        A class kept apart (a demo) never goes to a server.
        """
        own = self._configured().CourseDirectory.get("db_url") if self.root == self.home else None
        return own or f"sqlite:///{self.gradebook}"

    @property
    def has_gradebook(self) -> bool:
        """Whether there is a gradebook already; a server counts as one."""
        return self.database_url != f"sqlite:///{self.gradebook}" or self.gradebook.exists()

    def notebooks(self) -> list[str]:
        """The names of the lab's notebooks, in order, without the ending."""
        return sorted(path.stem for path in self.source.glob("*.ipynb"))

    def submission(self, student: str) -> Path:
        """The folder of what a student handed in; its name may be written in another way (see `student_id`)."""
        if not (self.submitted / student).exists():
            for folder in self.submitted.glob("*"):
                if student_id(folder.name) == student:
                    return folder / self.lab
        return self.submitted / student / self.lab

    def autograded(self, student: str) -> Path:
        return self.root / "autograded" / student / self.lab

    def feedback(self, student: str) -> Path:
        return self.root / "feedback" / student / self.lab

    def config(self) -> Config:
        """nbgrader's configuration for this course."""
        config = self._configured()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.setdefault("course_id", "")  # nbgrader's own default
        config.CourseDirectory.source_directory = os.path.relpath(self.home / "source", self.root)
        config.CourseDirectory.db_url = self.database_url
        config.CourseDirectory.assignment_id = self.lab
        return config

    def _configured(self) -> Config:
        """What stands in nbgrader_config.py."""
        path = self.home / "nbgrader_config.py"
        if not path.is_file():
            raise CourseError(f"{path} is missing: run the command in the folder of the course.")
        return PyFileConfigLoader(path.name, path=str(path.parent)).load_config()


def student_id(name: str) -> str:
    """A student's name in the one way that counts here: macOS writes "ü" as two characters, others do not."""
    return unicodedata.normalize("NFC", name)


def open_course(lab: str | None, home: Path | None = None, root: Path | None = None) -> Course:
    """The course in the folder `home` (default: here). Without a name it is the only lab that there is.

    CourseError if there is no such lab, or if there are several.
    """
    home = (home or Path.cwd()).resolve()
    labs = sorted(path.name for path in (home / "source").glob("*") if any(path.glob("*.ipynb")))
    found = f"it has {', '.join(labs)}" if labs else "there are none"
    choose = f"Choose one with {'LAB=...' if in_checkout() else '--lab'}"
    if lab is None and len(labs) != 1:
        raise CourseError(f"Which lab of {home / 'source'} is meant: {found}. {choose}.")
    course = Course(home, (root or home).resolve(), labs[0] if lab is None else lab)
    if not course.notebooks():
        raise CourseError(f"There is no lab '{lab}' in {home / 'source'}: {found}. {choose}")
    return course


def in_checkout() -> bool:
    """Whether this package is used from its repository, where a Makefile has the commands."""
    return (Path(__file__).resolve().parents[2] / "Makefile").is_file()


def command(name: str, course: Course | None = None, to_make: str = "", alone: str = "") -> str:
    """The command line of one of this package's commands, for messages; for the lab of `course`, if one is given.

    `to_make` and `alone` are what else it gets, as a target of make and as the package's own command.
    """
    here = in_checkout()
    lab = (f"LAB={course.lab}" if here else f"--lab {course.lab}") if course else ""
    return " ".join(filter(None, ("make" if here else "autograder", name, lab, to_make if here else alone)))


def use_own_commands() -> None:
    """Let nbgrader find the commands that are installed beside this Python: it calls `alembic` by name."""
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
