"""What students run before they hand in: it finds what is missing, and agrees with the grader."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.check.bank import Entry, build, read_bank
from autograder.course import Course

pytestmark = pytest.mark.heavy

NAME = "exercise1_gradient_descent"


@pytest.fixture
def folder(course: Course, tmp_path: Path) -> Path:
    """A student's folder with one notebook, all of it right."""
    shutil.copytree(course.release, tmp_path, dirs_exist_ok=True)
    (tmp_path / f"{NAME}.ipynb").write_text(build(Entry("right", ""), course)[NAME])
    manifest = json.loads((tmp_path / "labtools/manifest.json").read_text())
    manifest["notebooks"] = {NAME: manifest["notebooks"][NAME]}
    (tmp_path / "labtools/manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def check(folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "labtools"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    return done.returncode, done.stdout


def change(folder: Path, cell: str, source: str | None) -> None:
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    if source is None:
        notebook["cells"] = [each for each in notebook["cells"] if each["id"] != cell]
    for each in notebook["cells"]:
        if each["id"] == cell:
            each["source"] = source
    path.write_text(json.dumps(notebook))


def test_what_a_look_tells_is_not_ready(folder: Path, course: Course) -> None:
    """The commonest mistake passes the check at (0, 0), and is told below it."""
    (entry,) = [each for each in read_bank(course.home / "tests/lab03/class") if each.name == "s02-no-cross-term"]
    (folder / f"{NAME}.ipynb").write_text(build(entry, course)[NAME])
    code, text = check(folder)
    assert code == 0 and "Ready" not in text and "`test-gradient-formula`: At (3, -2) the gradient is (-4, -7)" in text
    assert "You can hand this in, but it will lose points: " in text and "begin with [look]" in text


def test_a_right_notebook_is_ready_and_is_left_as_it_was(folder: Path) -> None:
    before = (folder / f"{NAME}.ipynb").read_bytes()
    code, text = check(folder)
    assert code == 0 and "Ready to hand in." in text and "note:" not in text, text
    assert (folder / f"{NAME}.ipynb").read_bytes() == before


def test_what_does_no_harm_is_a_note(folder: Path) -> None:
    change(folder, "keep-going", "YOUR ANSWER HERE")
    change(folder, "test-explore", "1")
    change(folder, "three-iterations", "points = [(6, 6)]\nvalues = gradients = []")
    code, text = check(folder)
    assert code == 0 and "`keep-going` is not written yet" in text and "`test-explore` was changed" in text
    assert "3. Three steps by hand: `test-three-iterations`: 1 of 1 checks do not pass." in text
    last = "it will lose points: 1 of the test cells have checks that do not pass and 1 answers are not written."
    assert last in text and "Ready" not in text


def add_own_cell(folder: Path, after: str, source: str) -> None:
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    place = [cell["id"] for cell in notebook["cells"]].index(after) + 1
    cell = {"cell_type": "code", "id": f"own-{place}", "metadata": {}, "source": source, "outputs": []}
    notebook["cells"].insert(place, {**cell, "execution_count": None})
    path.write_text(json.dumps(notebook))


@pytest.mark.slow
def test_what_will_not_be_graded_is_not_run(folder: Path) -> None:
    """An import in a given cell, and a module beside the notebook, are absent when the lab is graded."""
    notebook = json.loads((folder / f"{NAME}.ipynb").read_text())
    setup = next(cell for cell in notebook["cells"] if cell["id"] == "setup")
    change(folder, "setup", "import math\n" + "".join(setup["source"]))
    change(folder, "gradient-formula", "def gradient(x1, x2):\n    return math.fsum([2 * x1, -12, -x2]), 2 * x2 - x1")
    code, text = check(folder)
    assert code == 0 and "the given cell `setup` was changed" in text and "Ready" not in text
    assert "2. The gradient: `test-gradient-formula`: 1 of 1 checks do not pass." in text
    (folder / "helpers.py").write_text("def gradient(x1, x2):\n    return 2 * (x1 - 6) - x2, 2 * x2 - x1\n")
    change(folder, "gradient-formula", "from helpers import gradient")
    code, text = check(folder)
    assert code == 1 and "`gradient-formula` ends in ModuleNotFoundError" in text
    assert "helpers.py is not handed in" in text and "Not ready" in text


def test_own_cells_run_where_they_stand(folder: Path) -> None:
    change(folder, "gradient-formula", "def gradient(x1, x2):\n    return by_x1(x1, x2), 2 * x2 - x1")
    add_own_cell(folder, "gradient-text", "def by_x1(x1, x2):\n    return 2 * (x1 - 6) - x2")
    code, text = check(folder)
    assert code == 0 and "Ready to hand in." in text


def test_tools_that_were_changed_are_named(folder: Path) -> None:
    with open(folder / "labtools/names.py", "a") as file:
        file.write("# mine\n")
    _, text = check(folder)
    assert "labtools/names.py is not as it was handed out" in text


def test_a_console_without_all_letters_is_enough(folder: Path) -> None:
    change(folder, "explore", "my_start = 1 / 0  # α")
    change(folder, "keep-going-task", "x₁ ✓")
    path = folder / "labtools/manifest.json"
    path.write_text(path.read_text().replace("8. Your own start", "8. Your own σ"))
    command = [sys.executable, "-m", "labtools"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, env=environment)
    assert done.returncode == 1 and b"8. Your own ? and learning rate: the cell `explore` ends in" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "source", "words"),
    [
        ("optimizer", None, "`optimizer` is missing"),
        ("test-explore", None, "`test-explore` is missing"),
        ("explore", "my_start = 1 / 0", "`explore` ends in ZeroDivisionError"),
    ],
)
def test_what_does_harm_is_a_problem(folder: Path, cell: str, source: str | None, words: str) -> None:
    change(folder, cell, source)
    code, text = check(folder)
    assert code == 1 and words in text and "Not ready" in text


def test_a_missing_or_damaged_file_is_a_problem(folder: Path) -> None:
    path = folder / f"{NAME}.ipynb"
    path.write_text('{"cells": [')
    code, text = check(folder)
    assert code == 1 and "cannot be read as a notebook" in text
    path.rename(folder / "exercise1_gradient_descent (1).ipynb")
    code, text = check(folder)
    assert code == 1 and "give it its old name" in text


@pytest.fixture
def small(folder: Path) -> Path:
    """A folder whose notebook has one cell, `own`; the limit is 2 seconds."""
    (folder / "labtools/manifest.json").write_text(json.dumps({"notebooks": {NAME: []}, "files": {}}))
    tool = folder / "labtools/running.py"
    tool.write_text(tool.read_text().replace("SECONDS = 20", "SECONDS = 2"))
    cell = new_code_cell("", id="own", metadata={"nbgrader": {"grade_id": "own"}})
    (folder / f"{NAME}.ipynb").write_text(nbformat.writes(new_notebook(cells=[cell])))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("while True: pass", "`own` was stopped after 2 seconds"),
        ("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass", "Python ended in the cell `own`"),
        ("import os\nos._exit(1)", "Python ended in the cell `own`"),
    ],
)
def test_nothing_runs_for_ever(small: Path, source: str, words: str) -> None:
    change(small, "own", source)
    code, text = check(small)
    assert code == 1 and words in text and "Not ready" in text


@pytest.mark.parametrize("data", ['{"text/html": 5}', '{"text/plain": None}', '{"text/plain": {}}'])
def test_what_is_no_output_is_passed_over(small: Path, data: str) -> None:
    change(small, "own", f"display({data}, raw=True)\n1 / 0")
    code, text = check(small)
    assert code == 1 and "`own` ends in ZeroDivisionError" in text


def test_what_grading_does_not_keep_is_a_note(small: Path) -> None:
    change(small, "own", "print('x' * 3_000_000)")
    code, text = check(small)
    assert code == 0 and "`own` prints and draws 3.0 MB. Your feedback keeps 2 MB of that; what it computes" in text


def test_one_mistake_is_told_once(folder: Path) -> None:
    change(folder, "my-function", "class MyFunction(:")
    path = folder / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text())
    for number in range(9):
        more = {"cell_type": "code", "id": f"own-{number}", "metadata": {}, "source": "MyFunction", "outputs": []}
        notebook["cells"].append({**more, "execution_count": None})
    path.write_text(json.dumps(notebook))
    code, text = check(folder)
    assert code == 1 and "`my-function` ends in SyntaxError" in text and text.count("PROBLEM") == 3
    assert "later cells end in an error" in text


@pytest.mark.parametrize("package", ["torch", "nbclient"])
def test_what_is_not_installed_is_said(folder: Path, package: str) -> None:
    without = f"import runpy, sys; sys.argv[0] = '-m'; sys.modules[{package!r}] = None"
    code = f"{without}; runpy.run_module('labtools', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Traceback" not in said
    assert package in said and "pip install -r requirements.txt" in said
