"""The worked solution: all questions with solutions and derivations, and nothing that is the grader's."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course import Course, CourseError, deciding_digests, grade_id, is_solution, read_notebook
from autograder.release.leaks import secret_lines
from autograder.solution import make_solution
from autograder.solution.cells import read_worked, solution_cells, without_blanks
from autograder.solution.make import faults, solved_notebook
from autograder.solution.page import page
from tests.lab03.test_masters import NAMES


@pytest.fixture(scope="module")
def copy(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course of its own, with its solution."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("source", "hidden", "release"):
        shutil.copytree(home / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(home / "nbgrader_config.py", folder)
    course = Course(folder, folder, "lab03")
    make_solution(course)
    return course


def texts(course: Course) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted((course.home / "solution/lab03").iterdir())}


def test_there_is_a_page_and_a_notebook_for_each_master(copy: Course) -> None:
    assert set(texts(copy)) == {f"{name}.{kind}" for name in NAMES for kind in ("html", "ipynb")}


def test_every_answer_is_in_it_with_its_derivation(copy: Course) -> None:
    for name in NAMES:
        master = read_notebook(copy.source / f"{name}.ipynb")
        notebook = nbformat.read(copy.home / f"solution/lab03/{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        for cell in master.cells:
            if is_solution(cell):
                proof = cell.source.count("$$") > 0  # a proof is its own derivation
                assert grade_id(cell) in ids and (proof or f"{grade_id(cell)}-worked" in ids), cell.id
        assert "YOUR CODE HERE" not in "".join(cell.source for cell in notebook.cells)


def test_nothing_of_the_graders_is_in_it(copy: Course) -> None:
    judges = secret_lines(copy)
    for name in NAMES:
        master = read_notebook(copy.source / f"{name}.ipynb")
        judges -= {line.strip() for cell in master.cells if is_solution(cell) for line in cell.source.splitlines()}
        judges -= {line.strip() for line in (copy.hidden / f"worked/{name}.md").read_text().splitlines()}
    for name, text in texts(copy).items():
        assert not re.search(r"(BEGIN|END) (SOLUTION|HIDDEN|MARK)|hidden\.lab03|_judge", text), name
        assert "point: all further points" not in text and "Marking scheme" not in text, name
        if name.endswith(".ipynb"):
            lines = {line.strip() for cell in nbformat.reads(text, 4).cells for line in cell.source.splitlines()}
            assert not lines & judges, name


def test_pages_need_no_script_and_no_network(copy: Course) -> None:
    for name, text in texts(copy).items():
        if name.endswith(".html"):
            assert "<script" not in text and not re.search(r'(src|href)="(?!data:|#)', text), name
            assert text.count("<math") > 15 and 'class="latex"' not in text and "alt=" in text, name


def test_marking_schemes_are_in_it_on_demand(course: Course) -> None:
    master = read_notebook(course.source / f"{NAMES[0]}.ipynb")
    with_them, without = ([cell.source for cell in solution_cells(master, {}, schemes)] for schemes in (True, False))
    assert len(with_them) == len(without) + 1
    assert any("**Marking scheme**" in text and "1 point" in text for text in with_them)


def test_hints_and_what_is_for_those_who_still_work_are_left_out(course: Course) -> None:
    for name in NAMES:
        cells = list(solution_cells(read_notebook(course.source / f"{name}.ipynb"), {}, False))
        assert not any("<details>" in cell.source or "labtools.summary" in cell.source for cell in cells)


def test_a_line_that_was_to_be_filled_in_is_left_out() -> None:
    assert without_blanks("a = None  # a number\nb = None\na = 1\nc = 2") == "b = None\na = 1\nc = 2"


def test_an_unsound_solution_is_not_published(course: Course) -> None:
    error = new_output("error", ename="NameError", evalue="no", traceback=[])
    cells = [
        new_code_cell("1 / 0", id="a", outputs=[error]),
        new_markdown_cell("### BEGIN SOLUTION", id="b"),
        new_code_cell("from hidden.lab03.exercise1.function import f", id="c"),
    ]
    found = list(faults(new_notebook(cells=cells)))
    assert ["NameError" in found[0], "marker" in found[1], "hidden test" in found[2]] == [True] * 3


def test_a_formula_that_cannot_be_shown_is_said() -> None:
    cell = new_markdown_cell("# Title\n\n$\\unknowncommand{x}$", id="a", metadata={"solution": "text"})
    with pytest.raises(CourseError, match="a formula that cannot be shown"):
        page(new_notebook(cells=[cell]))


def test_a_derivation_regrades_nobody(copy: Course) -> None:
    before = deciding_digests(copy)
    path = copy.hidden / f"worked/{NAMES[1]}.md"
    path.write_text(path.read_text() + "\n")
    assert deciding_digests(copy) == before


def test_a_derivation_of_nothing_is_said(copy: Course) -> None:
    path = copy.hidden / f"worked/{NAMES[0]}.md"
    before = path.read_text()
    path.write_text(before + "\n## q99\n\nNothing.\n")
    assert read_worked(path)["q99"] == "Nothing."
    with pytest.raises(CourseError, match="q99"):
        solved_notebook(copy, NAMES[0], False)
    path.write_text(before)
