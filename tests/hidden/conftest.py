"""Runs test cells of the masters beside the code, in this process: no kernel, no grading.

Judges and probes are found as in grading: in the course's folder, and beside the masters.
"""

import contextlib
import pkgutil
import sys
from typing import Any

from nbformat import NotebookNode

from autograder.course import grade_id, is_constant, is_solution, is_test, read_notebook, solution
from tests.conftest import HOME

import labtools

SOURCE = HOME / "source/lab03"
sys.path.insert(0, str(SOURCE))
labtools.__path__ = pkgutil.extend_path(labtools.__path__, labtools.__name__)
MASTERS = {path.stem: read_notebook(path) for path in sorted(SOURCE.glob("*.ipynb"))}


def master_of(test: str) -> NotebookNode:
    """The master notebook that has this test cell."""
    (master,) = [master for master in MASTERS.values() if test in map(grade_id, master.cells)]
    return master


def notebook_before(test: str, answers: dict[str, str] | None = None) -> dict[str, Any]:
    """The names of a notebook just before a test cell.

    Its answers are the masters' solutions, but for those that `answers` has by the grade id of their cell.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in master_of(test).cells:
        key = grade_id(cell)
        if key == test:
            break
        if cell.cell_type != "code" or not key or is_test(cell) or is_constant(cell):
            continue
        if is_solution(cell):
            exec((answers or {}).get(key, solution(cell.source)), names)
        else:
            with contextlib.suppress(NameError):  # a given cell that needs an answer which is not there
                exec(cell.source, names)
    return names


def run_test_cell(test: str, answers: dict[str, str] | None = None) -> list[Any]:
    """The results of the checks of a test cell in such a notebook."""
    names = notebook_before(test, answers)
    exec(next(cell.source for cell in master_of(test).cells if grade_id(cell) == test), names)
    return names["checks"].results


def messages(test: str, answers: dict[str, str]) -> dict[str, str]:
    """What the failed checks of a test cell say, by the name of the check."""
    return {result.name: result.message for result in run_test_cell(test, answers) if result.message}
