"""The master notebooks keep the promises that the rest of the kit relies on."""

import ast
import json
import re

import pytest

from autograder.course import (
    Course,
    grade_id,
    is_constant,
    is_solution,
    is_test,
    names_bound,
    names_used,
    read_notebook,
)
from autograder.examine.trusted import CheckCells
from tests.hidden.conftest import run_test_cell

SOLUTIONS = {
    "exercise1_gradient_descent": "gradient-formula three-iterations keep-going my-function optimizer explore",
    "exercise2_chain_rule": " ".join(f"q{number:02}" for number in range(1, 17)),
    "exercise3_training": "sigmoid predict get-loss get-gradients finite-differences check-gradients train "
    "restarts hyperparameters",
}
TESTS = {
    "exercise1_gradient_descent": "test-gradient-formula test-three-iterations test-my-function test-update-rule "
    "test-early-stopping test-explore",
    "exercise2_chain_rule": " ".join(f"test-q{number:02}" for number in range(1, 17) if number not in (3, 4)),
    "exercise3_training": "test-sigmoid test-predict test-get-loss test-get-gradients test-finite-differences "
    "test-check-gradients test-train test-restarts test-hyperparameters",
}
POINTS = {"exercise1_gradient_descent": 20, "exercise2_chain_rule": 20, "exercise3_training": 30}
NAMES = sorted(SOLUTIONS)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def master(course: Course, name: str):
    return read_notebook(course.source / f"{name}.ipynb")


def test_the_lab_has_its_three_notebooks(course: Course) -> None:
    assert course.notebooks() == NAMES


def test_grade_ids_are_the_public_ones(course: Course, name: str) -> None:
    cells = master(course, name).cells
    assert {grade_id(cell) for cell in cells if is_solution(cell)} == set(SOLUTIONS[name].split())
    assert {grade_id(cell) for cell in cells if is_test(cell)} == set(TESTS[name].split())


def test_points_add_up(course: Course, name: str) -> None:
    assert (
        sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in master(course, name).cells) == POINTS[name]
    )


def test_source_is_clean(course: Course, name: str) -> None:
    text = (course.source / f"{name}.ipynb").read_text()
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert text == json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and not cell.get("execution_count")
        assert re.fullmatch(r"[a-z][a-z0-9-]*", cell["id"]), cell["id"]
        assert cell["metadata"].get("nbgrader", {}).get("schema_version", 3) == 3
        if "nbgrader" in cell["metadata"]:
            assert cell["metadata"]["nbgrader"]["grade_id"] == cell["id"]


def test_one_first_heading_and_no_level_left_out(course: Course, name: str) -> None:
    texts = [cell.source for cell in master(course, name).cells if cell.cell_type == "markdown"]
    levels = [len(mark) for text in texts for mark in re.findall(r"(?m)^(#+) (?!BEGIN|END)", text)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_weights_of_checks_add_up_to_the_points(course: Course, name: str) -> None:
    for cell in master(course, name).cells:
        if is_test(cell):
            results = run_test_cell(grade_id(cell))
            assert sum(result.weight for result in results) == pytest.approx(cell.metadata.nbgrader.points), cell.id
            assert f"Checks(points={cell.metadata.nbgrader.points})" in cell.source, cell.id


def test_test_cells_bind_no_name_that_a_student_may_use(course: Course, name: str) -> None:
    for cell in master(course, name).cells:
        if is_test(cell):
            own = {bound for bound in names_bound(cell.source) if not bound.startswith("_")}
            assert own == {"checks"}, cell.id


def test_students_names_are_used_inside_checks_only(course: Course, name: str) -> None:
    notebook = master(course, name)
    theirs = CheckCells.names_of_students(notebook)
    for cell in notebook.cells:
        if is_test(cell):
            for statement in ast.parse(cell.source).body:
                if not isinstance(statement, ast.FunctionDef):
                    used = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
                    assert not used & theirs, cell.id


def test_questions_for_a_person_have_a_marking_scheme(course: Course, name: str) -> None:
    cells = master(course, name).cells
    for before, cell in zip(cells, cells[1:], strict=False):
        if is_solution(cell) and cell.cell_type == "markdown":
            assert before.metadata.nbgrader.task and "BEGIN MARK SCHEME" in before.source, cell.id


def test_no_cell_builds_on_a_constant_one(course: Course, name: str) -> None:
    cells = [cell for cell in master(course, name).cells if cell.cell_type == "code"]
    theirs = CheckCells.names_of_students(master(course, name))
    assert any(is_constant(cell) for cell in cells)
    for number, cell in enumerate(cells):
        if is_constant(cell):
            assert not names_used(cell.source) & theirs, cell.id
            bound = set(names_bound(cell.source))
            for later in cells[number + 1 :]:
                assert not (bound & names_used(later.source)) - names_bound(later.source), (cell.id, later.id)
