"""Regrade requests from a table, the log of decisions, and what the command says when something is missing."""

import csv
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import main
from autograder.course import Course, CourseError
from autograder.proofs import take_requests, write_decisions
from autograder.record import Marking, Place, Writer, read_requests

BOOK = "exercise2_chain_rule"
CLASS = {"s01": {"q03": "proof"}, "Ana-Example-4711": {"q03": "proof"}, "s03": {"q03": "proof"}}


@pytest.fixture
def course(proof_class: Callable[[dict], Course]) -> Course:
    course = proof_class(CLASS)
    with Gradebook(course.database_url) as gradebook:
        gradebook.update_or_create_student("s03", email="S03@Example.org")
        gradebook.update_or_create_student("Ana-Example-4711", lms_user_id="4711")
    return course


def requests(course: Course) -> dict[str, str]:
    with Writer(course) as writer:
        session = writer.gradebook.db
        return {each.student: each.question for each in read_requests(session, "lab03", BOOK)}


def test_students_are_found_by_folder_address_and_number(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    rows = [
        ["Time", "Student", "Question", "Text"],
        ["1", "s01", "q03", "Why?\nTwo lines"],
        ["2", "4711", "q03", "And I?"],
    ]
    rows += [["3", "s03@example.org", "q03", "=1+1"]]
    with open(path, "w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows(rows)
    assert take_requests(course, path, "lms") == ("3 requests are new, 0 were known already", True)
    assert requests(course) == {"s01": "Why?\nTwo lines", "Ana-Example-4711": "And I?", "s03": "=1+1"}
    assert take_requests(course, path, "lms")[0] == "0 requests are new, 3 were known already"


def test_lines_that_cannot_be_used_are_named_and_others_taken(course: Course, tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_text(
        f"student,question,text\nnobody,q03,a\ns01,q99,b\ns01,q03,\ns01,q03,{'x' * 6000}\ns03\ns03,q03,good\n"
    )
    lines, all_taken = take_requests(course, path, "lms")
    assert not all_taken and requests(course) == {"s03": "good"}
    for number, why in ((2, "no student is called 'nobody'"), (3, "no question 'q99'"), (4, "empty"), (5, "too long")):
        assert f"line {number}: " in lines and why in lines
    assert lines.endswith("1 requests are new, 0 were known already")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "first line"),
        (b"name,text\na,b\n", "missing: student, question"),
        (b"student,question,text\n\xff\xfe,q03,a\n", "cannot be read"),
        (b"student,question,text\n\x00,q03,a\n", ""),
        (b'student,question,text\ns01,q03,"' + b"x" * 200_000, "cannot be read"),
        (b"x" * 6_000_000, "larger than"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_such_table_is_refused(course: Course, tmp_path: Path, content: bytes | None, word: str) -> None:
    path = tmp_path / "requests.csv"
    if content is not None:
        path.write_bytes(content)
    try:
        lines, all_taken = take_requests(course, path, "lms")
    except CourseError as error:
        assert word and word in str(error)
    else:
        assert not word and not all_taken and "no student" in lines
    assert requests(course) == {}


def test_the_log_is_written_as_a_table(course: Course) -> None:
    place = Place("lab03", BOOK, "q03")
    with Writer(course) as writer:
        marking = Marking(writer, "=cmd()", "page")
        marking.open_question(place, [(1.0, "The form")])
        version = marking.standings(place)["s01"].version
        marking.decide(place, {"s01": version}, [item.id for item in marking.items(place)], "Good.")
    with open(write_decisions(course, "ana"), newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["action"], row["student"], row["cell"], row["score"]) == ("graded", "s01", "q03", "1.0")
    assert row["who"] == "'=cmd()" and row["comment"].endswith("Good.") and row["at"].endswith("UTC")


@pytest.mark.parametrize("options", [[], ["--log"], ["--requests", "none.csv"]])
def test_the_command_says_what_is_missing(
    home: Path, empty: Course, options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for name in ("source", "release", "nbgrader_config.py"):
        os.symlink(home / name, empty.root / name)
    monkeypatch.chdir(empty.root)
    assert main(["proofs", "--no-browser", *options]) == 1
    assert "Nothing is graded yet: run `make autograde LAB=lab03` first." in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(course.root)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["proofs", "--no-browser", "--port", str(port)]) == 1
    assert f"on port {port}: " in capsys.readouterr().err
