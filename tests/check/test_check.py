"""The check of the tests notices what it is there to notice."""

from dataclasses import replace
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.check import Check
from autograder.check.check import is_written
from autograder.check.tally import Tally, as_text
from autograder.course import Course, open_course

WHEAT, CHAFF = "wheats-flagged-differences", "chaffs-gradient-partials-swapped"


@pytest.fixture(scope="module")
def course(home: Path) -> Course:
    return open_course("lab03", home)


def test_what_is_as_it_should_be_gives_no_line(course: Course) -> None:
    check = Check(course, WHEAT)
    check.run("0")
    assert (list(check.entries), check.lines) == ([WHEAT], [])
    assert check.table["test-gradient-formula"].right["wheats accepted"] == 1


def test_lost_points_missing_words_and_flags_are_lines(course: Course) -> None:
    check = Check(course)
    wheat, chaff = check.entries[WHEAT], check.entries[CHAFF]
    check.entries = {
        WHEAT: replace(wheat, flags=[]),
        CHAFF: replace(chaff, points={}, messages={"test-gradient-formula": "the moon"}),
    }
    check.run("0")
    lines = "\n".join(check.lines)
    assert f"{WHEAT}: flagged in exercise1_gradient_descent" in lines
    assert f"{CHAFF}: test-gradient-formula gave" in lines and "does not say 'the moon'" in lines


def test_a_mutant_that_survives_is_a_line(course: Course) -> None:
    check = Check(course)
    check.mutants = dict(list(check.mutants.items())[:1])
    ((name, mutant),) = check.mutants.items()
    same = next(text for cell, text in check._solutions() if cell == mutant.cell)
    check.mutants = {name: replace(mutant, change="nothing", source=same)}
    check.run_mutants("0")
    assert check.lines == [f"a mutant survives: {mutant.cell}: nothing"]


def test_what_a_person_grades_has_no_mutants_and_empty_columns_are_left_out() -> None:
    def cell(**marks: bool) -> NotebookNode:
        return new_code_cell("x = 1", metadata={"nbgrader": {"grade_id": "a", **marks}})

    assert is_written(cell(solution=True, grade=False))
    assert not is_written(cell(solution=True, grade=True)) and not is_written(cell(solution=False, grade=True))
    table = {"test-a": Tally(), "test-b": Tally()}
    table["test-a"].add("mutants caught", True)
    assert as_text(table).split() == ["mutants", "caught", "test-a", "1/1", "test-b", "-", "all", "1/1"]
    table["test-b"].costs(0.5)
    assert "smallest chaff" in as_text(table) and "wheats" not in as_text(table)


@pytest.mark.slow
def test_an_attack_that_gains_or_costs_points_is_a_line(course: Course) -> None:
    check = Check(course, "hostile-forge-output")
    ((name, attack),) = check.attacks.items()
    check.run_attacks("0")
    assert check.lines == [] and not check.entries
    check.attacks = {name: replace(attack, points={"test-explore": 0.5})}
    check.run_attacks("0")
    assert len(check.lines) == 1 and f"{name}: test-explore gave" in check.lines[0]


def test_the_bank_is_large_enough(course: Course) -> None:
    """At least 40 right answers, 150 known mistakes, five for each test, and a message for four fifths of them."""
    check = Check(course)
    named, chaffs = check.named()
    assert chaffs >= 150 and named >= 0.8 * chaffs
    assert sum(name.startswith("wheats-") for name in check.entries) >= 40
    entries = [entry for name, entry in check.entries.items() if name.startswith("chaffs-")]
    for test in check.table:
        assert sum(test in entry.points for entry in entries) >= 5, test
