"""Answers that may deserve the same decision: nothing written, the same but for notation, mostly the same formulas.

A group is a suggestion. It decides nothing: see desk.py.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import fuzz

from autograder.proofs.notation import formulas, plain, plain_formula

LEAST_SHARE = 75.0  # of the formulas of two answers that are the same, letter by letter, in percent
LEAST_LENGTH = 20  # characters of formulas: shorter ones are alike by chance
MAX_FORMULAS = 1000  # characters of an answer's formulas that are compared
MAX_LEADERS = 300  # answers with which each other one is compared


@dataclass(frozen=True)
class Group:
    """Answers of these students; `kind` is "empty", "equal", "similar" or "single"."""

    id: str
    kind: str
    students: tuple[str, ...]


def group_answers(answers: dict[str, str], apart: set[str], stub: str = "") -> list[Group]:
    """Put answers, by student, into groups, in the order in which their first ones come. Each is in one group.

    `apart` are students whose answers stand alone; `stub` is what everybody was given, which says nothing.
    """
    nothing = plain(stub)
    same: dict[str, list[str]] = defaultdict(list)
    for student, text in answers.items():
        said = plain(text)
        key = f"alone {student}" if student in apart else "" if said in ("", nothing) else said
        same[key].append(student)
    leaders: list[tuple[str, list[str]]] = []  # formulas of the first answer, and the keys of the group
    groups: list[list[str]] = []
    for key, students in same.items():
        said = "" if not key or students[0] in apart else formulas_of(answers[students[0]])
        near = next((keys for first, keys in leaders if alike(first, said)), None) if said else None
        if near is not None:
            near.append(key)
            continue
        groups.append([key])
        if said and len(leaders) < MAX_LEADERS:
            leaders.append((said, groups[-1]))
    return [make_group(keys, same) for keys in groups]


def make_group(keys: list[str], same: dict[str, list[str]]) -> Group:
    students = tuple(student for key in keys for student in same[key])
    kind = "empty" if keys == [""] else "similar" if len(keys) > 1 else "equal" if len(students) > 1 else "single"
    return Group(hashlib.sha256(keys[0].encode(errors="replace")).hexdigest()[:16], kind, students)


def formulas_of(text: str) -> str:
    """All formulas of an answer in one notation; empty where there is too little to compare."""
    found = " ".join(map(plain_formula, formulas(text)))[:MAX_FORMULAS]
    return found if len(found) >= LEAST_LENGTH else ""


def alike(one: str, other: str) -> bool:
    return fuzz.ratio(one, other, score_cutoff=LEAST_SHARE) >= LEAST_SHARE
