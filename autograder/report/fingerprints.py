"""Fingerprints of answers, and which students have enough of them in common to be compared.

Every student could be compared with every other, which for 5,000 are 12 million pairs. So an index leads from each
fingerprint to those who have it, and only pairs that share some are compared. What many share is left out before, at
most MOST_COMMON may have a fingerprint: so a student meets each of theirs at most that often, and the work grows as the
class does.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
from copydetect import CodeFingerprint
from copydetect.utils import get_document_fingerprints, get_token_coverage

GRAM = 25  # characters of a fingerprint: shorter matches are not seen
COMMON_SHARE = 0.1  # of the class: what more of them wrote is commonplace
COMMON_COUNT = 4  # students, in a small class
MOST_COMMON = 50  # students, in a large one

Prints = dict[str, dict[str, CodeFingerprint]]  # by student and grade id


def commonplace(students: int) -> float:
    """What more than so many wrote is commonplace, in a class of this size."""
    return min(max(COMMON_COUNT, COMMON_SHARE * students), MOST_COMMON)


def distinctive(answers: Mapping[str, Mapping[str, str]], given: Mapping[str, str], code: bool) -> Prints:
    """The fingerprints of answers (by student and grade id) without those of the skeleton and of what many wrote.

    Answers of which nothing is left are not there.
    """
    prints: Prints = {student: {} for student in answers}
    most = commonplace(sum(bool(own) for own in answers.values()))
    for name, stub in given.items():
        texts = {student: own[name] for student, own in answers.items() if name in own}
        own, hashes = {}, {}
        for student, text in texts.items():
            own[student] = fingerprint(text, code)
            hashes[student] = shrink(own[student])
        values, counts = np.unique(np.concatenate([*hashes.values(), np.array([], np.int64)]), return_counts=True)
        dull = np.array([*fingerprint(stub, code).hashes, *values[counts > most]], np.int64)
        for student, each in own.items():
            kept = set(hashes[student][~np.isin(hashes[student], dull)].tolist())
            if kept:
                restore(each, kept)
                prints[student][name] = each
    return prints


def fingerprint(text: str, code: bool) -> CodeFingerprint:
    return CodeFingerprint("answer", GRAM, 1, filter=code, language="python", fp=io.StringIO(text))


def shrink(own: CodeFingerprint) -> np.ndarray:
    """The hashes of an answer as numbers; its own tables, which are a hundred times as large, are let go."""
    hashes = np.fromiter(own.hashes, np.int64, len(own.hashes))
    own.hashes, own.hash_idx = set(), {}
    return hashes


def restore(own: CodeFingerprint, kept: set[int]) -> None:
    """The tables of an answer again, with these hashes alone."""
    _, places = get_document_fingerprints(own.filtered_code, own.k, 1)
    own.hash_idx = {int(value): found for value, found in places.items() if value in kept}
    own.hashes = set(own.hash_idx)
    own.token_coverage = get_token_coverage(own.hash_idx, own.k, len(own.filtered_code))


def candidates(prints: Prints, least: float) -> Iterator[tuple[str, str]]:
    """The pairs of students that may have `least` characters in common in the same cells: all that have, and more."""
    having: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)  # who, and how often
    for student, own in prints.items():
        places: Counter[str] = Counter()  # of fingerprints in common, in the other's answers
        for name, each in own.items():
            for value, found in each.hash_idx.items():
                others = having[name, value]
                for other, count in others:
                    places[other] += count
                others.append((student, len(found)))
        yield from ((other, student) for other, count in places.items() if count * GRAM >= least)
