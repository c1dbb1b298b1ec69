"""Writes a small course as nbgrader 0.5 had them: notebooks of format 4.0, marks of its first schema, a config."""

import json
from pathlib import Path
from typing import Any

SETUP = "import helper\nwords = open('data/words.txt').read().split()"
ANSWER = "def longest(words):\n    #~begin\n    return max(words, key=len)\n    #~end"
HIDDEN = "assert longest(['a', 'bb']) == 'bb', 'of two words the longer one'"
TESTS = f"assert longest(words) == 'bananas'\n### BEGIN HIDDEN TESTS\n{HIDDEN}\n### END HIDDEN TESTS"
PARTIAL = "points = helper.half(longest(['x', 'yy']) == 'yy')\npoints"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "old-course"
c.ClearSolutions.begin_solution_delimeter = "#~begin"
c.ClearSolutions.end_solution_delimeter = "#~end"
c.ClearSolutions.code_stub = {"python": "pass  # write this"}
c.ClearSolutions.enforce_metadata = False
open("was-run", "w")
"""


def cell(source: str, kind: str = "code", **marks: Any) -> dict[str, Any]:
    nbgrader = {"nbgrader": {"schema_version": 1, "solution": False, "grade": False, "locked": False, **marks}}
    made: dict[str, Any] = {"cell_type": kind, "metadata": nbgrader if marks else {}, "source": source}
    return made | ({"outputs": [], "execution_count": 3} if kind == "code" else {})


def write_notebook(path: Path, cells: list[dict[str, Any]], minor: int = 0, language: str = "python") -> None:
    kernel = {"kernelspec": {"name": "python2", "display_name": "Python 2", "language": language}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": kernel, "cells": cells}))


def write_old_course(folder: Path) -> Path:
    """One assignment of two notebooks, a module beside them, and data in a folder. Returns `folder`."""
    lab = folder / "source" / "Home Work 1"
    write_notebook(
        lab / "words.ipynb",
        [
            cell("# Words", "markdown"),
            cell("# Words", "markdown"),
            cell(SETUP, grade_id="setup", locked=True),
            cell(ANSWER, grade_id="longest", solution=True),
            cell(TESTS, grade_id="test longest", grade=True, points=2, locked=True),
            cell(PARTIAL, grade_id="test-partial", grade=True, points=1, locked=True),
            cell("assert longest(['z']) == 'z'", grade_id="test-nothing", grade=True, points=0, locked=True),
        ],
    )
    write_notebook(
        lab / "essay.ipynb",
        [cell("Because.", "markdown", grade_id="essay", grade=True, solution=True, points=4)],
    )
    (lab / "helper.py").write_text("def half(right):\n    return 0.5 if right else 0\n")
    (lab / "data").mkdir()
    (lab / "data/words.txt").write_text("apple bananas\n")
    (lab / ".ipynb_checkpoints").mkdir()
    (lab / ".ipynb_checkpoints/words-checkpoint.ipynb").write_text("{}")
    (folder / "nbgrader_config.py").write_text(CONFIG)
    (folder / "gradebook.db").write_text("not to be read")
    return folder
