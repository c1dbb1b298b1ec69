"""Random damage to right submissions: never an exception, never an answer that is not there, nearly all recovered."""

from __future__ import annotations

import ast
import copy
import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.check.bank import Entry, build
from autograder.course import Course, grade_id, is_solution, is_test, read_notebook
from autograder.intake import Intake, Refused, Skeleton, take_in
from autograder.intake.cells import bare
from autograder.intake.python import names_of, parsed
from tests.intake import damage


class Case:
    """A right notebook, and what its answers define."""

    def __init__(self, course: Course, name: str, text: str) -> None:
        self.name = name
        self.right = json.loads(text)
        for cell in self.right["cells"]:
            cell["source"] = "".join(cell["source"])
        self.master = read_notebook(course.source / f"{name}.ipynb")
        self.released = read_notebook(course.release / f"{name}.ipynb")
        self.skeleton = Skeleton(self.released)
        released = {part.key: part.source for part in self.skeleton.answers}
        self.stubs = {damage.text(cell).strip(): released[cell["id"]] for cell in damage.answers(self.right)}
        self.given = {cell.source for cell in self.released.cells if not is_solution(cell)}
        self.wanted = self.definitions(self.take(damage.plain(self.right)).notebook)

    def take(self, data: bytes) -> Intake:
        return take_in(data, self.master, self.released)

    def definitions(self, notebook: NotebookNode) -> dict[str, str]:
        """What each answer amounts to when its test runs: the last definition of every name asked for, or its text."""
        now: dict[str, str] = {}
        found = {}
        for cell in notebook.cells:
            tree = parsed(cell.source) if cell.cell_type == "code" and not is_test(cell) else None
            for statement in tree.body if tree else []:
                now.update(dict.fromkeys(names_of(statement), ast.dump(statement)))
            if is_solution(cell):
                last = grade_id(cell)
                names = self.skeleton.by_grade_id[last].names
                found[last] = "" if names else bare(cell.source)
            if is_test(cell) or is_solution(cell):
                names = self.skeleton.by_grade_id[last].names
                if names:
                    found[last] = "; ".join(now.get(name, "") for name in sorted(names))
        return found

    def lost(self, intake: Intake) -> list[str]:
        """The answers that are not what they were."""
        found = self.definitions(intake.notebook)
        by_text = {part.key for part in self.skeleton.answers if not part.names}
        return [
            k for k in self.wanted if self.wanted[k] != found[k] and not (k in by_text and self.wanted[k] in found[k])
        ]

    def damaged(self, damages: list[damage.Damage], random: Random) -> damage.Notebook:
        notebook = copy.deepcopy(self.right) | {"stubs": self.stubs, "given": self.given}
        for each in damages:
            each(notebook, random)
        del notebook["stubs"], notebook["given"]
        return notebook


@pytest.fixture(scope="module")
def cases(course: Course) -> list[Case]:
    return [Case(course, name, text) for name, text in build(Entry("right", ""), course).items()]


def test_the_measure_of_recovery_can_fail(cases: list[Case]) -> None:
    for case in cases:
        assert case.lost(case.take(damage.plain(case.right))) == []
        released = damage.plain(json.loads(json.dumps(case.released)))
        assert set(case.lost(case.take(released))) == set(case.wanted)


@pytest.mark.parametrize("each", damage.DAMAGES, ids=lambda each: each.__name__)
def test_one_damage_at_a_time(cases: list[Case], each: damage.Damage) -> None:
    for case in cases:
        for seed in range(5):
            intake = case.take(damage.plain(case.damaged([each], Random(seed))))
            assert case.lost(intake) == [], (case.name, seed, intake.repairs)


@pytest.mark.parametrize("envelope", damage.ENVELOPES, ids=lambda each: each.__name__)
def test_one_kind_of_file_at_a_time(cases: list[Case], envelope) -> None:
    for case in cases:
        intake = case.take(envelope(case.right))
        assert case.lost(intake) == [], (case.name, intake.repairs)


@pytest.mark.heavy
def test_of_damages_together_nearly_all_are_recovered(cases: list[Case]) -> None:
    random = Random(20261123)
    whole, failures = 0, []
    for number in range(400):
        case = random.choice(cases)
        damages = random.sample(damage.DAMAGES, random.randrange(1, 4))
        envelope = random.choice([damage.plain, *damage.ENVELOPES])
        intake = case.take(envelope(case.damaged(damages, random)))
        lost = case.lost(intake)
        whole += not lost
        if lost:
            failures.append((number, case.name, [each.__name__ for each in damages], envelope.__name__, lost))
    for failure in failures:
        print(*failure)
    assert whole >= 0.95 * 400


@settings(max_examples=150, deadline=None)
@given(
    number=st.integers(0, 2),
    chosen=st.lists(st.sampled_from([*damage.DAMAGES, *damage.LOSSES, *damage.LOSSES]), max_size=4),
    envelope=st.sampled_from(damage.ENVELOPES),
    random=st.randoms(use_true_random=False),
    noise=st.none() | st.tuples(st.floats(0, 1), st.binary(max_size=8)),
)
def test_nothing_comes_from_nowhere(cases: list[Case], number, chosen, envelope, random, noise) -> None:
    """Whatever is done to a file, it is read or refused, and each line of an answer stands in the file."""
    case = cases[number]
    damaged = case.damaged(chosen, random)
    data = envelope(damaged)
    if noise:
        at = int(noise[0] * len(data))
        data = data[:at] + noise[1] + data[at + len(noise[1]) :]
    try:
        intake = case.take(data)
    except Refused as refused:
        assert str(refused)
        return
    there = bare("".join(damage.text(cell) for cell in damaged["cells"]))
    stubs = {part.key: part.source for part in case.skeleton.answers}
    for cell in intake.notebook.cells:
        if is_solution(cell) and not noise:
            for line in set(cell.source.split("\n")) - set(stubs[grade_id(cell)].split("\n")):
                assert bare(line) in there, line
    assert all(line.isprintable() for line in [*intake.repairs, *intake.tampering])
