"""The release: the same bytes each time, nothing secret in it, and never replaced by an unsound one."""

import json
import shutil
from pathlib import Path

import pytest

from autograder.course import Course, CourseError, deciding_digests, lab_digest, read_notebook
from autograder.release import generate
from autograder.release.leaks import find_leaks
from autograder.release.make import contents, make_release, same_files
from autograder.release.manifest import secret_manifest, secrets_path


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Course:
    """A course of its own with the repository's masters and release, to change at will."""
    for name in ("source", "hidden", "release"):
        shutil.copytree(home / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(home / "nbgrader_config.py", tmp_path)
    return Course(tmp_path, tmp_path, "lab03")


def change(course: Course, cell_id: str, old: str, new: str) -> None:
    """Replace a text in one cell of the first master."""
    path = course.source / "exercise1_gradient_descent.ipynb"
    notebook = json.loads(path.read_text())
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == cell_id]
    source = "".join(cell["source"])
    assert old in source
    cell["source"] = source.replace(old, new)
    path.write_text(json.dumps(notebook))


def test_the_tracked_release_is_what_the_masters_give(course: Course, tmp_path: Path) -> None:
    new = generate(course, tmp_path)
    assert same_files(new, course.release), "source/ and release/ differ: run `make release`"
    assert json.loads(secrets_path(course).read_text()) == secret_manifest(course), "run `make release`"


def test_the_release_leaks_nothing(course: Course) -> None:
    assert find_leaks(course, course.release) == []


def test_what_programs_leave_beside_a_master_is_no_part_of_the_lab(copy: Course, tmp_path: Path) -> None:
    """JupyterLab keeps a copy of each notebook that is saved, solutions and all; linters keep caches."""
    before = lab_digest(copy), deciding_digests(copy)
    for name in (
        ".ipynb_checkpoints/exercise1_gradient_descent-checkpoint.ipynb",
        ".ruff_cache/CACHEDIR.TAG",
        ".DS_Store",
    ):
        left = copy.source / name
        left.parent.mkdir(exist_ok=True)
        shutil.copy(copy.source / "exercise1_gradient_descent.ipynb", left)
    assert (lab_digest(copy), deciding_digests(copy)) == before
    assert same_files(generate(copy, tmp_path / "new"), copy.release)


def test_a_hidden_file_in_a_release_is_found(copy: Course) -> None:
    shutil.copy(copy.source / "exercise1_gradient_descent.ipynb", copy.release / ".exercise1.ipynb")
    assert find_leaks(copy, copy.release) == [".exercise1.ipynb: does not belong here"]


@pytest.mark.slow
def test_release_that_did_not_change_is_left_alone(copy: Course) -> None:
    assert make_release(copy) is False


@pytest.mark.parametrize("where", ["source", "metadata", "output", "attachment", "module", "file"])
def test_a_leak_is_found_wherever_it_hides(copy: Course, where: str) -> None:
    secret = "    return 2 * (x1 - 6) - x2, 2 * x2 - x1"
    path = copy.release / "exercise1_gradient_descent.ipynb"
    notebook = read_notebook(path)
    cell = notebook.cells[1]
    if where == "source":
        notebook.cells[0].source += "\n" + secret
    elif where == "metadata":
        cell.metadata["hint"] = {"deep": [secret]}
    elif where == "output":
        cell.outputs = [{"output_type": "stream", "name": "stdout", "text": secret}]
    elif where == "attachment":
        notebook.cells[0]["attachments"] = {"a.txt": {"text/plain": secret}}
    elif where == "module":
        (copy.release / "labtools/checks.py").write_text("def hint():\n" + secret)
    else:
        (copy.release / "solutions.txt").write_text("nothing much")
    path.write_text(json.dumps(notebook))
    assert find_leaks(copy, copy.release) != []


def test_a_solution_that_fills_its_cell_is_secret_too(copy: Course) -> None:
    """Masters of nbgrader's may have no signs around a solution: all of its cell is replaced."""
    path = copy.source / "exercise1_gradient_descent.ipynb"
    master = read_notebook(path)
    (answer,) = [cell for cell in master.cells if cell.id == "gradient-formula"]
    answer.source = "def gradient_by_hand(x1, x2):\n    return the_whole_cell(x1, x2), 7"
    path.write_text(json.dumps(master))
    assert find_leaks(copy, copy.release) == []
    released = read_notebook(copy.release / path.name)
    (stub,) = [cell for cell in released.cells if cell.id == "gradient-formula"]
    stub.source = answer.source
    (copy.release / path.name).write_text(json.dumps(released))
    (found,) = [line for line in find_leaks(copy, copy.release) if "whole_cell" in line]
    assert "gradient-formula" in found and "holds a secret line" in found


def test_a_foreign_package_is_found(copy: Course) -> None:
    change(copy, "setup", "import torch", "import torch\nimport pandas")
    path = copy.release / "exercise1_gradient_descent.ipynb"
    path.write_text(path.read_text().replace("import torch\\n", "import pandas\\n"))
    assert [line for line in find_leaks(copy, copy.release) if "pandas" in line]


def test_an_unsound_release_leaves_the_old_one(copy: Course) -> None:
    before = contents(copy.release)
    change(copy, "test-gradient-formula", "checks.score()", "checks.score() + 1.0")  # points for nothing
    with pytest.raises(CourseError, match="gives points to unwritten answers"):
        make_release(copy)
    assert contents(copy.release) == before
    assert [path.name for path in copy.release.parent.iterdir()] == ["lab03"]


def test_a_master_that_nbgrader_refuses_leaves_the_old_one(copy: Course) -> None:
    before = contents(copy.release)
    change(copy, "gradient-formula", "### END SOLUTION", "")
    with pytest.raises(CourseError, match="0 times END SOLUTION: each needs the other"):
        make_release(copy)
    assert contents(copy.release) == before


@pytest.mark.slow
def test_a_changed_master_gives_a_changed_release(copy: Course) -> None:
    change(copy, "summary", "What you have seen", "What you have seen today")
    assert make_release(copy) is True
    assert "seen today" in (copy.release / "exercise1_gradient_descent.ipynb").read_text()
    assert make_release(copy) is False
