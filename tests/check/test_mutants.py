"""Mutants are other programs, each with one change that can be read."""

import ast

import pytest

from autograder.check.mutants import mutants_of, read_equivalents
from autograder.course import CourseError

SOLUTION = '''
def step(x, alpha):
    """Two texts stay as they are: 1."""
    if x.norm() < 1e-3:
        return x.clone()
    return x - alpha * slope(x, s.u1)
'''


def test_the_usual_mistakes_are_made() -> None:
    changes = {mutant.change for mutant in mutants_of("step", SOLUTION)}
    assert "return x - alpha * slope(x, s.u1) → return x + alpha * slope(x, s.u1)" in changes
    assert "return x - alpha * slope(x, s.u1) → return x - alpha * slope(x, s.u2)" in changes
    assert "return x - alpha * slope(x, s.u1) → return x - alpha * slope(s.u1, x)" in changes
    assert "if x.norm() < 0.001: → if x.norm() >= 0.001:" in changes
    assert "if x.norm() < 0.001: → if x.norm() < 0.002:" in changes
    assert "return x.clone() → return x" in changes
    assert "return x.clone() → return -x.clone()" in changes


def test_each_mutant_is_another_program_with_a_name_of_its_own() -> None:
    mutants = mutants_of("step", SOLUTION)
    assert len({mutant.source for mutant in mutants}) == len({mutant.change for mutant in mutants}) == len(mutants)
    assert ast.unparse(ast.parse(SOLUTION)) not in {mutant.source for mutant in mutants}
    assert all("Two texts stay as they are: 1." in mutant.source for mutant in mutants)


def test_a_record_that_cannot_be_read_is_named(tmp_path) -> None:
    path = tmp_path / "mutants.toml"
    path.write_text('[[equivalent]]\ncell = "step"\n')
    with pytest.raises(CourseError, match="mutants.toml"):
        read_equivalents(path)
