"""The doctor grades a right submission, and says in words what is not as it should be."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import doctor
from autograder.course import Course, CourseError, SubmissionResult, open_course, sandbox_level, sandbox_limits
from autograder.dispatch.jobs import cores


@pytest.fixture
def fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing", lambda level: None)
    monkeypatch.setattr(doctor, "wrong_packages", lambda course: [])


def test_it_says_what_a_right_submission_loses(course: Course, monkeypatch: pytest.MonkeyPatch, fine: None) -> None:
    def nothing(own: Course, *_: object) -> Iterator[SubmissionResult]:
        yield SubmissionResult(doctor.NAME, "0", "")

    monkeypatch.setattr(doctor, "examine_all", nothing)
    lines, sound = doctor.examine_machine(course)
    assert not sound and any("loses points in test-gradient-formula" in line for line in lines)


def test_an_error_of_grading_is_a_line(course: Course, monkeypatch: pytest.MonkeyPatch, fine: None) -> None:
    def fails(*_: object) -> Iterator[SubmissionResult]:
        raise CourseError("no processes can be started")

    monkeypatch.setattr(doctor, "examine_all", fails)
    lines, sound = doctor.examine_machine(course)
    assert not sound and "grading    no processes can be started" in lines


def test_without_a_sandbox_nothing_is_tried(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "missing", lambda level: f"{level} is missing")
    lines, sound = doctor.examine_machine(course)
    assert not sound and "sandbox    full is missing" in lines and not any(line.startswith("grading") for line in lines)


def test_low_hard_limits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    low = {resource.RLIMIT_AS: 2 << 30, resource.RLIMIT_NPROC: 64}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (0, low.get(kind, resource.RLIM_INFINITY)))
    (line,) = doctor.low_limits()
    assert "2 GiB of address space, 64 processes." in line
    low.clear()
    assert doctor.low_limits() == []


@pytest.mark.slow
def test_it_grades_as_a_run_does(course: Course) -> None:
    lines, _ = doctor.examine_machine(course, "none")
    assert "grading    a right submission gets all its points" in lines
    assert lines[-1].startswith("Grading on this machine is not as it should be")


def test_a_level_in_the_configuration(home: Path, tmp_path: Path) -> None:
    (tmp_path / "source").symlink_to(home / "source")
    text = (home / "nbgrader_config.py").read_text()
    for level, word in (("reduced", None), ("none", "may be full or reduced"), ("Full", "may be full or reduced")):
        (tmp_path / "nbgrader_config.py").write_text(f'{text}\nc.Sandbox.level = "{level}"\n')
        config = open_course("lab03", tmp_path).config()
        assert sandbox_limits(config).processes == 64
        if word is None:
            assert sandbox_level(config) == level and sandbox_level(config, "none") == "none"
        else:
            with pytest.raises(CourseError, match=word):
                sandbox_level(config)


def test_no_level_is_the_full_one(course: Course) -> None:
    assert sandbox_level(course.config()) == "full"


@pytest.mark.parametrize(("quota", "most"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 999)])
def test_jobs_follow_a_containers_share(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quota: str, most: int) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    monkeypatch.setattr("autograder.dispatch.jobs.QUOTA", tmp_path / "cpu.max")
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(999)))
    assert cores() == most


def test_without_a_lab_the_machine_alone_is_looked_at(fine: None) -> None:
    lines, sound = doctor.examine_machine(None)
    assert sound and "lab        none here" in "\n".join(lines) and lines[-1] == "All is well."


def test_a_package_that_the_lab_asks_for_is_named(tmp_path: Path) -> None:
    course = Course(tmp_path, tmp_path, "hw")
    course.source.mkdir(parents=True)
    (course.source / "requirements.txt").write_text("# ours\nnumpy>=1\nno-such-package==3; python_version > '3'\n")
    assert doctor.lacking_packages(course) == [
        "package    no-such-package: not installed, but source/hw/requirements.txt asks for it"
    ]
