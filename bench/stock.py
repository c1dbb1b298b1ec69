"""Stock nbgrader over a sample of the class, and the floor: what grading it cannot take less than."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from autograder.course import Course, is_test, read_notebook
from autograder.release.make import put_hidden_tests
from bench.measure import Cost, run_all

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.ClearSolutions.code_stub = {{"python": "# YOUR CODE HERE\\npass"}}
"""
NBGRADER = str(Path(sys.executable).parent / "nbgrader")
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}


def run_stock(home: Course, submitted: Path, place: Path, shares: list[list[str]]) -> dict[str, Cost]:
    """nbgrader's own autograde and generate_feedback: one process for each share of the class."""
    folders = []
    for number, share in enumerate(shares):
        root = place / f"share-{number}-of-{len(shares)}"
        for name in share:
            shutil.copytree(submitted / name, root / "submitted" / name)
        shutil.copytree(home.source, root / "source" / home.lab, ignore=shutil.ignore_patterns("__pycache__"))
        (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
        subprocess.run([NBGRADER, "generate_assignment", home.lab], cwd=root, check=True, capture_output=True)
        folders.append(root)
    steps = {"autograde": "autograde", "feedback": "generate_feedback"}
    return {
        step: run_all([[NBGRADER, command, home.lab]] * len(shares), folders, ENVIRONMENT)
        for step, command in steps.items()
    }


def run_floor(home: Course, submitted: Path, place: Path, names: list[str]) -> Cost:
    """The notebooks with all tests in them, run by bench/floor.py: CPU time alone."""
    paths = []
    for name in names:
        for path in sorted((submitted / name / home.lab).glob("*.ipynb")):
            notebook = read_notebook(path)
            put_hidden_tests(notebook, read_notebook(home.source / path.name))
            assert any(is_test(cell) for cell in notebook.cells)
            paths.append(place / "floor" / name / path.name)
            paths[-1].parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, paths[-1])
    command = [sys.executable, "-m", "bench.floor", str(home.release), *map(str, paths)]
    done = subprocess.run(command, cwd=home.home, check=True, capture_output=True, text=True)
    return Cost(0.0, float(done.stdout), 0.0)
