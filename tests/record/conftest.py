"""A class whose proofs wait for a person: results and graded notebooks as a run would have left them."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course import CellGrade, Course, NotebookResult, SubmissionResult, grade_id, is_solution, read_notebook
from autograder.grade.run import prepare_gradebook, store_notebooks
from autograder.intake import harmless_markdown
from autograder.record import Writer
from tests.grade.conftest import new_course

PROOFS = ("keep-going", "q03", "q04")


def hand_in_proofs(course: Course, answers: dict[str, dict[str, str]]) -> None:
    """Record submissions that have these proofs, by student and grade id; other cells are as released, with no points.

    An empty text is an answer that was not written.
    """
    with Writer(course) as writer:
        for student, own in answers.items():
            result = SubmissionResult(student, "seed", "digest")
            for name in course.notebooks():
                notebook = read_notebook(course.release / f"{name}.ipynb")
                book = NotebookResult(name)
                for cell in notebook.cells:
                    if is_solution(cell) and own.get(grade_id(cell)):
                        cell.source = harmless_markdown(own[grade_id(cell)])
                    elif is_solution(cell):
                        book.unwritten.append(grade_id(cell))
                for cell in read_notebook(course.source / f"{name}.ipynb").cells:
                    if cell.metadata.get("nbgrader", {}).get("grade") or cell.metadata.get("nbgrader", {}).get("task"):
                        text = own.get(grade_id(cell), "")
                        digest = hashlib.sha256(text.encode()).hexdigest()
                        points = None if text else 0.0
                        book.cells[grade_id(cell)] = CellGrade(points, cell.metadata.nbgrader.points, answer=digest)
                result.notebooks.append(book)
                result.written[name] = json.dumps(notebook)
            store_notebooks(course, result)
            writer.record(result, None)


@pytest.fixture(scope="session")
def blank_gradebook(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with the lab in its gradebook, and nobody in it."""
    course = new_course(home, tmp_path_factory.mktemp("blank"))
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
    return course


def copy_of(course: Course, folder: Path) -> Course:
    """A course like this one in a folder of its own."""
    shutil.copytree(course.root, folder / "course", symlinks=True)
    return Course(folder / "course", folder / "course", course.lab)


@pytest.fixture
def proof_class(blank_gradebook: Course, tmp_path: Path) -> Callable[[dict[str, dict[str, str]]], Course]:
    """Makes a course of its own with the answers of a class: see hand_in_proofs."""

    def make(answers: dict[str, dict[str, str]]) -> Course:
        course = copy_of(blank_gradebook, tmp_path)
        hand_in_proofs(course, answers)
        return course

    return make
