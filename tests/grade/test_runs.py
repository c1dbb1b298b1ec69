"""Runs can be repeated, killed and resumed; what a person entered stays."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook

from autograder.check.bank import Entry, expected_points, hand_in, read_bank
from autograder.course import Course, CourseError
from autograder.grade import autograde, run
from autograder.record import Writer
from tests.grade.conftest import new_course

RIGHT = Entry(name="s01-right", about="")
BLANK = Entry(name="s05-blank", about="", base="release")


@pytest.fixture(scope="module")
def two(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with two graded submissions."""
    course = new_course(home, tmp_path_factory.mktemp("two"))
    for entry in (RIGHT, BLANK):
        hand_in(entry, course)
    counts = autograde(course, jobs=2)
    assert (counts.graded, counts.unchanged, counts.failed) == (2, 0, 0)
    return course


def grade_of(gradebook: Gradebook, course: Course, student: str, cell: str):
    return gradebook.find_grade(cell, "exercise1_gradient_descent", course.lab, student)


def test_what_did_not_change_is_not_run_again(two: Course) -> None:
    counts = autograde(two)
    assert (counts.graded, counts.unchanged) == (0, 2)
    assert counts.needs_person == 1


def test_manual_scores_and_comments_survive_a_regrade(two: Course) -> None:
    with Gradebook(two.database_url) as gradebook:
        grade = grade_of(gradebook, two, "s01-right", "keep-going")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.5, 0.5, False
        comment = gradebook.find_comment("keep-going", "exercise1_gradient_descent", two.lab, "s01-right")
        comment.manual_comment = "Why is it a minimum?"
        gradebook.db.commit()
    changed = Entry(
        name="s01-right", about="", answers={"explore": "my_start = (1, 1)\nmy_alpha = 0.2\nmy_max_steps = 99"}
    )
    hand_in(changed, two)
    counts = autograde(two)
    assert (counts.graded, counts.unchanged) == (1, 1)
    with Gradebook(two.database_url) as gradebook:
        grade = grade_of(gradebook, two, "s01-right", "keep-going")
        assert (grade.manual_score, grade.extra_credit, grade.needs_manual_grade) == (1.5, 0.5, False)
        comment = gradebook.find_comment("keep-going", "exercise1_gradient_descent", two.lab, "s01-right")
        assert comment.comment == "Why is it a minimum?"


def test_a_manual_score_of_another_answer_asks_for_a_second_look(two: Course) -> None:
    with Gradebook(two.database_url) as gradebook:
        grade = grade_of(gradebook, two, "s01-right", "keep-going")
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    hand_in(Entry(name="s01-right", about="", answers={"keep-going": "It stays where it is."}), two)
    autograde(two)
    with Gradebook(two.database_url) as gradebook:
        grade = grade_of(gradebook, two, "s01-right", "keep-going")
        assert (grade.manual_score, grade.needs_manual_grade) == (2, True)


def test_a_lost_graded_notebook_is_made_again(two: Course) -> None:
    path = two.autograded("s05-blank")
    path.rename(path.with_name("elsewhere"))
    assert autograde(two).graded == 1 and path.is_dir()


def test_a_second_run_at_the_same_time_is_refused(two: Course) -> None:
    import fcntl

    with open(two.root / ".autograde.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CourseError, match="Another run"):
            autograde(two)


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on(home: Path, tmp_path: Path) -> None:
    course = new_course(home, tmp_path)
    names = [f"s{number:02}" for number in range(6)]
    for name in names:
        hand_in(Entry(name=name, about=""), course)
    command = [sys.executable, "-m", "autograder", "autograde"]
    run = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while len(recorded(course)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    before = recorded(course)
    assert 2 <= len(before) < len(names)
    until = time.monotonic() + 20
    while time.monotonic() < until:  # the workers of the killed run end by themselves
        try:
            counts = autograde(course)
            break
        except CourseError:
            time.sleep(0.2)
    assert counts.unchanged >= len(before) and counts.unchanged + counts.graded == len(names)
    assert recorded(course) == names
    with Gradebook(course.database_url) as gradebook:
        scores = {submission.code_score for submission in gradebook.assignment_submissions("lab03")}
    assert len(scores) == 1 and scores.pop() > 60


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing(home: Path, tmp_path: Path) -> None:
    course = new_course(home, tmp_path)
    names = [f"s{number:02}" for number in range(4)]
    for name in names:
        hand_in(Entry(name=name, about=""), course)
    command = [sys.executable, "-m", "autograder", "autograde", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as run:
        until = time.monotonic() + 120
        while not recorded(course) and time.monotonic() < until:
            time.sleep(0.05)
        worker = next(child for child in workers(run.pid) if child.cpu_times().user > 0.1)
        worker.kill()
        assert run.stdout is not None
        last = run.stdout.read().decode().splitlines()[-1]
    assert run.returncode == 0 and last.startswith("4 graded, 0 unchanged") and last.endswith("0 failed")
    assert recorded(course) == names


def workers(run: int) -> list[psutil.Process]:
    """The processes in which submissions are examined: the children of the forkserver of a run."""
    server = next(child for child in psutil.Process(run).children() if "forkserver" in " ".join(child.cmdline()))
    return server.children()


def test_without_a_sandbox_a_run_goes_on_only_when_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = new_course(home, tmp_path)
    for entry in (RIGHT, BLANK):
        hand_in(entry, course)
    monkeypatch.setattr("autograder.grade.run.missing", lambda level: level == "full" and "bubblewrap is missing.")
    with pytest.raises(CourseError, match="bubblewrap is missing.*--unsafe"):
        autograde(course)
    counts = autograde(course, level="none")
    assert (counts.graded, counts.failed) == (2, 0)
    with Writer(course) as writer:
        points = {result.student: result for result in writer.results()}
    for entry in (RIGHT, BLANK):
        cells = {name: cell for book in points[entry.name].notebooks for name, cell in book.cells.items()}
        assert {name: cells[name].points for name in expected_points(entry, course)} == expected_points(entry, course)


@pytest.mark.slow
def test_a_flagged_answer_keeps_its_points_and_waits_for_a_person(home: Path, tmp_path: Path) -> None:
    course = new_course(home, tmp_path)
    (entry,) = (each for each in read_bank(home / "tests/lab03/wheats") if each.name == "flagged-differences")
    hand_in(entry, course)
    assert autograde(course).needs_person == 1
    with Gradebook(course.database_url) as gradebook:
        grade = grade_of(gradebook, course, entry.name, "test-gradient-formula")
        assert (grade.score, grade.needs_manual_grade) == (3, True)
        grade.manual_score, grade.needs_manual_grade = 0, False
        gradebook.db.commit()
    hand_in(Entry(name=entry.name, about="", answers={**entry.answers, "explore": "my_start = (1, 1)"}), course)
    autograde(course)
    with Gradebook(course.database_url) as gradebook:
        grade = grade_of(gradebook, course, entry.name, "test-gradient-formula")
        assert (grade.score, grade.needs_manual_grade) == (0, False)


def recorded(course: Course) -> list[str]:
    if not course.gradebook.exists():
        return []
    try:
        with Writer(course) as writer:
            return sorted(writer.digests())
    except Exception:  # the gradebook is just being made
        return []


def test_one_student_takes_one_process_which_warms_up_at_once(
    two: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    order: list[object] = []

    def lanes(course: Course, seed: str, jobs: int | None, *_: object) -> contextlib.AbstractContextManager[None]:
        order.append(jobs)
        return contextlib.nullcontext()

    def prepare(*_: object) -> None:
        order.append("gradebook")
        raise CourseError("enough")

    monkeypatch.setattr(run, "lanes_for", lanes)
    monkeypatch.setattr(run, "prepare_gradebook", prepare)
    for student in ("s05-blank", None):
        with pytest.raises(CourseError, match="enough"):
            autograde(two, jobs=2, student=student)
    assert order == [1, "gradebook", "gradebook"]
