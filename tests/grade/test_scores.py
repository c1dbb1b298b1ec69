"""Every submission of the synthetic class, and every attack, gets the points it earned: no more and no less."""

import json
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.check.bank import Entry, expected_points
from autograder.demo import compare
from autograder.record import Writer
from tests.grade.conftest import Run, attacks_bank, class_bank

HOME = Path(__file__).resolve().parents[2]
ATTACKS = attacks_bank(HOME)


@pytest.mark.parametrize("entry", class_bank(HOME), ids=lambda entry: entry.name)
def test_points_are_those_that_were_earned(graded: Run, entry: Entry) -> None:
    assert graded.points(entry.name) == expected_points(entry, graded.course)


@pytest.mark.slow
@pytest.mark.parametrize("entry", ATTACKS, ids=lambda entry: entry.name)
def test_an_attack_gets_what_its_honest_part_earned(attacked: Run, entry: Entry) -> None:
    assert attacked.points(entry.name) == expected_points(entry, attacked.course)


@pytest.mark.slow
@pytest.mark.parametrize("entry", [entry for entry in ATTACKS if "FOUND" in str(entry)], ids=lambda entry: entry.name)
def test_the_searches_of_attacks_find_nothing(attacked: Run, entry: Entry) -> None:
    assert "FOUND []" in attacked.text(entry.name)


def test_no_submission_fills_the_gradebook_or_the_disk(run: Run) -> None:
    for name, result in run.results.items():
        assert len(result.to_json()) < 100_000, name
        assert len(run.text(name)) < 10_000_000, name


def test_nothing_is_lost(run: Run) -> None:
    assert (run.counts.graded, run.counts.failed) == (len(run.entries), 0)


def test_the_gradebook_holds_the_same_points(run: Run) -> None:
    with Gradebook(run.course.database_url) as gradebook:
        for entry in run.entries:
            submission = gradebook.find_submission("lab03", entry.name)
            assert submission.code_score == sum(expected_points(entry, run.course).values()), entry.name


def test_proofs_wait_for_a_person_only_where_something_was_written(graded: Run) -> None:
    with Gradebook(graded.course.database_url) as gradebook:
        waiting = {
            student: {
                grade.name
                for notebook in gradebook.find_submission("lab03", student).notebooks
                for grade in notebook.grades
                if grade.needs_manual_grade
            }
            for student in ("s01-right", "s05-blank")
        }
    assert waiting == {"s01-right": {"keep-going", "q03", "q04"}, "s05-blank": set()}


def test_a_damaged_notebook_asks_for_a_person_and_says_why(graded: Run) -> None:
    book = graded.results["s07-damaged"].notebooks[0]
    assert book.status == "refused" and "cannot be read" in book.reason
    assert "cannot be read" in graded.text("s07-damaged")
    with Gradebook(graded.course.database_url) as gradebook:
        assert gradebook.find_submission("lab03", "s07-damaged").needs_manual_grade


def test_graded_notebooks_hold_text_and_pictures_only(run: Run) -> None:
    allowed = {"text/plain", "image/png"}
    for path in (run.course.root / "autograded").rglob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            for output in cell.get("outputs", []):
                assert set(output.get("data", {})) <= allowed, path


def test_graded_notebooks_show_no_traceback_of_the_checks(run: Run) -> None:
    for entry in run.entries:
        assert "tests.grade" not in run.text(entry.name) and "trusted.py" not in run.text(entry.name)


def test_messages_name_the_mistake(graded: Run) -> None:
    checks = graded.results["s02-no-cross-term"].notebooks[0].cells["test-gradient-formula"].checks
    assert [check.message for check in checks if "x1·x2" in check.message]


def test_the_comparison_of_the_demo_can_fail(graded: Run) -> None:
    wrong = Entry(name="s01-right", about="", points={"test-explore": 0.5})
    with Writer(graded.course) as writer:
        assert compare([wrong], graded.course, writer) == ["s01-right: test-explore gave 2.0 points, expected 0.5"]
