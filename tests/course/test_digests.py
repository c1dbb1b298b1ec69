"""What decides scores is in the digests, and nothing else."""

from dataclasses import fields
from pathlib import Path

import pytest

from autograder.course import BESIDE, Course, Profile, lab_digest, profiles_path, write_profiles
from autograder.course.digests import DECIDING

WORDS = {"reason", "blank", "fails"}  # for people


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = Course(tmp_path, tmp_path, "lab05")
    course.source.mkdir(parents=True)
    write_profiles(course, {"first/test-mean": Profile(source="a")})
    return course


def test_each_part_of_a_profile_decides_or_is_for_people() -> None:
    assert {each.name for each in fields(Profile)} == {*DECIDING} | WORDS


@pytest.mark.parametrize(
    ("changed", "decides"),
    [
        (Profile(source="a", reason="it took longer than 10 seconds", blank=1.0, fails="NameError"), False),
        (Profile(source="a", way=BESIDE), True),
        (Profile(source="a", kinds=["class"]), True),
        (Profile(source="a", operations=["eq"]), True),
        (Profile(source="b"), True),
    ],
)
def test_what_a_run_of_the_master_says_grades_nobody_again(course: Course, changed: Profile, decides: bool) -> None:
    before = lab_digest(course)
    write_profiles(course, {"first/test-mean": changed})
    assert (lab_digest(course) != before) == decides


@pytest.mark.parametrize("text", ["", "[]", '{"first/test-mean": 1}'])
def test_damaged_profiles_are_other_profiles(course: Course, text: str) -> None:
    before = lab_digest(course)
    profiles_path(course).write_text(text)
    assert lab_digest(course) != before
