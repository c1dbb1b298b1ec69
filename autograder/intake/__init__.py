"""Intake: what was handed in, read with limits and rebuilt on the master, and a record of what was put right."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.intake.archive import path_of, safe_members
from autograder.intake.cells import Refused
from autograder.intake.find import find_notebooks
from autograder.intake.folder import OURS, HandedIn, read_folder
from autograder.intake.guard import guarded, memory_limit
from autograder.intake.harmless import harmless, harmless_markdown
from autograder.intake.log import log_cells
from autograder.intake.read import MAX_FILE, read_cells
from autograder.intake.rebuild import Intake, rebuild
from autograder.intake.skeleton import Skeleton

__all__ = [
    "MAX_FILE",
    "OURS",
    "HandedIn",
    "Intake",
    "Refused",
    "Skeleton",
    "find_notebooks",
    "guarded",
    "harmless",
    "harmless_markdown",
    "log_cells",
    "memory_limit",
    "path_of",
    "read_folder",
    "rebuild",
    "safe_members",
    "take_in",
]


def take_in(data: bytes, master: NotebookNode, released: NotebookNode) -> Intake:
    """Rebuild one submitted notebook. `released` is what the student was given. Refused if it cannot be read."""
    cells, repairs = read_cells(data)
    taken = rebuild(cells, master, Skeleton(released))
    taken.repairs = [*repairs, *taken.repairs]
    return taken
