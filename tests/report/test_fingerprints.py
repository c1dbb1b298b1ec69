"""Candidates are all pairs that have enough in common, and their number grows as the class does."""

import random
from itertools import combinations

import pytest
from copydetect import compare_files

from autograder.report import fingerprints, similarity
from autograder.report.fingerprints import GRAM, MOST_COMMON, commonplace, distinctive
from autograder.report.similarity import LEAST_LENGTH, LEAST_SHARE, similar_pairs

WORDS = [f"{one}{two}{three}" for one in "bdfgkl" for two in "aeiou" for three in ("mm", "nt", "rs", "st")]
GIVEN = {"one": "", "two": ""}


def text(draw: random.Random, words: int) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(words))


def made_up(students: int, draw: random.Random) -> dict[str, dict[str, str]]:
    """Answers that share what groups wrote, some of it twice."""
    shared = [text(draw, 20) for _ in range(students // 2)]
    return {
        f"s{number:04}": {
            name: " ".join([text(draw, 10), *draw.choices(shared, k=draw.choice([0, 1, 1, 2])), text(draw, 5)])
            for name in GIVEN
            if draw.random() < 0.9
        }
        for number in range(students)
    }


def by_comparing_all(answers: dict[str, dict[str, str]]) -> dict[tuple[str, str], int]:
    prints = distinctive(answers, GIVEN, False)
    coverage = {student: sum(each.token_coverage for each in own.values()) for student, own in prints.items()}
    found = {}
    for one, two in combinations([student for student in prints if coverage[student] >= LEAST_LENGTH], 2):
        both = prints[one].keys() & prints[two].keys()
        length = int(sum(compare_files(prints[one][name], prints[two][name])[0] for name in both))
        if length >= LEAST_LENGTH and length / min(coverage[one], coverage[two]) >= LEAST_SHARE:
            found[one, two] = length
    return found


@pytest.mark.parametrize("seed", range(5))
def test_no_pair_is_missed(seed: int) -> None:
    answers = made_up(40, random.Random(seed))
    fragment = text(random.Random(-seed - 1), 6)[: GRAM + 4]  # too short once, long enough three times
    answers["s0000"]["one"] = ", ".join([fragment, "a", fragment, "b", fragment, "c", fragment])
    answers["s0001"] = {"one": f"{fragment} {text(random.Random(seed), 3)}"}
    pairs = {pair.students: pair.length for pair in similar_pairs("book", "markdown", answers, GIVEN)}
    assert pairs == by_comparing_all(answers) and len(pairs) > 5


def test_work_grows_as_the_class_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight at a time share an answer, which is more than may in this test; half of it is what two wrote."""
    compared = 0

    def count(*prints: object) -> object:
        nonlocal compared
        compared += 1
        return compare_files(*prints)

    monkeypatch.setattr(similarity, "compare_files", count)
    monkeypatch.setattr(fingerprints, "MOST_COMMON", 5)
    for students in (80, 160, 320):
        draw = random.Random(students)
        usual = [text(draw, 25) for _ in range(students // 8)]
        shared = [text(draw, 25) for _ in range(students // 2)]
        answers = {
            f"s{number:04}": {"one": f"{usual[number % (students // 8)]} {shared[number // 2]} {text(draw, 15)}"}
            for number in range(students)
        }
        compared = 0
        pairs = list(similar_pairs("book", "markdown", answers, {"one": ""}))
        assert len(pairs) == students // 2
        assert compared <= 5 / 2 * students, students


def test_what_counts_as_commonplace() -> None:
    assert [commonplace(students) for students in (3, 100, 500, 5000)] == [4, 10, 50, MOST_COMMON]
