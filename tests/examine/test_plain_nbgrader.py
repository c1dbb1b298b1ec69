"""Plain test cells get behind the wall what nbgrader's own `autograde` gives them."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from tests.examine import room
from tests.examine.test_plain_cells import BLANK, CASES

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
c.ExecutePreprocessor.timeout = 60
"""


def master_of(case: dict[str, str]) -> NotebookNode:
    """The master of a case, with the marks that nbgrader's commands ask for."""
    solved = f"### BEGIN SOLUTION\n{case['right'].strip()}\n### END SOLUTION"
    tests = [("test", case[each]) for each in ("test", "test2") if each in case]
    cells = [("given", case.get("given", "")), ("solution", solved), ("given", case.get("after", ""))]
    notebook = room.notebook(*cells, *tests)
    for cell in notebook.cells:
        if marks := cell.metadata.get("nbgrader"):
            marks.update({"schema_version": 3, "task": False, "locked": not marks["solution"]})
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def run(folder: Path, *command: str) -> None:
    program = str(Path(sys.executable).parent / "nbgrader")
    done = subprocess.run([program, *command], cwd=folder, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_all_plain_cells_get_the_points_of_nbgraders_own_command(kernels: str, tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    masters = {name: master_of(case) for name, case in CASES.items()}
    (tmp_path / "source/plain").mkdir(parents=True)
    for name, master in masters.items():
        nbformat.write(master, tmp_path / f"source/plain/{name}.ipynb")
    run(tmp_path, "generate_assignment", "plain", "--create")
    wanted = {}
    for kind in ("right", "wrong", "blank"):
        folder = tmp_path / f"submitted/{kind}/plain"
        folder.mkdir(parents=True)
        for name, case in CASES.items():
            notebook = nbformat.read(tmp_path / f"release/plain/{name}.ipynb", 4)
            answer = BLANK if kind == "blank" else case[kind]
            next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")).source = answer
            nbformat.write(notebook, folder / f"{name}.ipynb")
            _, _, profiles = room.behind(kernels, masters[name], [case["right"]])
            wanted[kind, name] = room.behind(kernels, masters[name], [answer], profiles)[0]
    run(tmp_path, "autograde", "plain", "--create")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        found = {
            (kind, book.name): [grade.auto_score for grade in sorted(book.grades, key=lambda grade: grade.name)]
            for kind in ("right", "wrong", "blank")
            for book in gradebook.find_submission("plain", kind).notebooks
        }
    assert found == wanted
