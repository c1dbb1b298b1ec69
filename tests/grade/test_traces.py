"""A run that graded nothing leaves no mark, and what keeps it from grading is one line."""

import contextlib

import pytest

from autograder.course import Course, CourseError, TimeLimits
from autograder.dispatch import worker
from autograder.grade import run


def stop(*given: object) -> object:
    raise CourseError("no machine")


def test_no_gradebook_is_left_by_a_run_that_graded_nothing(empty: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.submission("s01-right").mkdir(parents=True)
    monkeypatch.setattr(run, "lanes_for", lambda *given: contextlib.nullcontext())
    monkeypatch.setattr(run, "examine", stop)
    with pytest.raises(CourseError, match="no machine"):
        run.autograde(empty)
    assert not empty.gradebook.exists()


def test_masters_are_looked_at_before_anything_is_made(empty: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    empty.submission("s01-right").mkdir(parents=True)
    monkeypatch.setattr(run, "check_masters", stop)
    with pytest.raises(CourseError, match="no machine"):
        run.autograde(empty)
    assert [path.name for path in empty.root.iterdir()] == ["submitted"]


def test_a_lab_that_cannot_be_loaded_is_told_with_a_submission(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raised while a process of the pool starts, it would be printed by each, with a traceback."""
    monkeypatch.setattr(worker, "Examiner", stop)
    monkeypatch.setattr(worker, "end_with_parent", lambda: None)
    worker.start_worker(course, "0", TimeLimits())
    with pytest.raises(CourseError, match="no machine"):
        worker.examine_one(None, {}, "s01", None, "")  # type: ignore[arg-type]
