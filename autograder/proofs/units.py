"""What is put before a person at a time: answers of one group that stand alike, so that one decision can fit all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.proofs.answers import Answer
from autograder.proofs.groups import Group, group_answers
from autograder.proofs.questions import Question
from autograder.record import Request, Standing

NONE_YET = "open"


@dataclass(frozen=True)
class Unit:
    """Answers to decide about together. `place` is the number of the first: units are shown in that order."""

    place: int
    kind: str  # see Group
    students: tuple[str, ...]
    waits: bool


class Grouping:
    """The groups of the answers to one question, found again only when an answer has changed or was taken out."""

    def __init__(self) -> None:
        self._key: object = None
        self._groups: list[Group] = []

    def groups(self, question: Question, answers: Mapping[str, Answer], apart: set[str]) -> list[Group]:
        key = (tuple((student, answer.text.digest) for student, answer in answers.items()), frozenset(apart))
        if key != self._key:
            texts = {student: answer.text.source for student, answer in answers.items()}
            self._key, self._groups = key, group_answers(texts, apart, question.stub)
        return self._groups


def alike(standing: Standing) -> str:
    """How an answer stands, for the purpose of deciding about several at a time."""
    return NONE_YET if standing.waits and standing.mark is None and not standing.foreign else standing.version


def waits(standing: Standing, requests: Sequence[Request]) -> bool:
    """Whether somebody has to look: at an answer without a decision, at one that changed since, at a request."""
    return not standing.done or any(request.reply is None for request in requests)


def units(
    groups: Sequence[Group],
    answers: Mapping[str, Answer],
    standings: Mapping[str, Standing],
    requests: Mapping[str, Sequence[Request]],
) -> list[Unit]:
    """The units of a question, in the order of their first answers. A request stands alone."""
    found: dict[tuple[str, str], list[str]] = {}
    kinds = {}
    for group in groups:
        for student in group.students:
            if student in standings:
                asks = any(request.reply is None for request in requests.get(student, ()))
                key = (group.id, student if asks else alike(standings[student]))
                found.setdefault(key, []).append(student)
                kinds[key] = group.kind
    made = []
    for key, students in found.items():
        kind = kinds[key] if len(students) > 1 or kinds[key] == "empty" else "single"
        waiting = any(waits(standings[student], requests.get(student, ())) for student in students)
        made.append(Unit(min(answers[student].number for student in students), kind, tuple(students), waiting))
    return sorted(made, key=lambda unit: unit.place)


def follow(found: Sequence[Unit], direction: str, place: int) -> list[Unit]:
    """The units to try, best first, from the one at `place`: "next" that waits (all others come round again, the one
    at `place` last), "previous" of any kind, "following" of any kind, or the one "at" that place.
    """
    after = [unit for unit in found if unit.place > place]
    before = [unit for unit in found if unit.place <= place]
    if direction == "next":
        return [unit for unit in [*after, *before] if unit.waits]
    if direction == "previous":
        return [unit for unit in reversed(found) if unit.place < place] or list(found[:1])
    if direction == "following":
        return after or list(found[-1:])
    return before[-1:] or list(found[:1])
