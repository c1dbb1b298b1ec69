"""A gradebook that another program has locked is waited for; what the machine lacks is said in one line."""

import sqlite3
import threading

import pytest

from autograder.course import Course, CourseError
from autograder.record import Writer, patience


@pytest.fixture
def locked(empty: Course):
    """Locks the gradebook, as a browser of SQLite files does. Gives what unlocks it."""
    with Writer(empty):
        pass
    other = sqlite3.connect(empty.gradebook, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    yield lambda: other.execute("ROLLBACK")
    other.close()


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself waits for five seconds before it says that something is locked."""
    connect = sqlite3.dbapi2.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *given, **named: connect(*given, **{**named, "timeout": 0.1}))


@pytest.mark.heavy
def test_a_locked_gradebook_is_waited_for_and_that_is_said_once(
    empty: Course, locked, capsys: pytest.CaptureFixture
) -> None:
    threading.Timer(2, locked).start()
    with Writer(empty) as writer:
        writer.set_note("seed", "0")
        assert writer.note("seed") == "0"
    assert capsys.readouterr().err == "The gradebook is locked by another program: waiting for it.\n"


def test_waiting_has_an_end(empty: Course, locked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.5)
    with pytest.raises(CourseError, match="locked by another program"), Writer(empty):
        pass
    locked()


@pytest.mark.heavy
def test_what_is_done_again_is_done_once(empty: Course, capsys: pytest.CaptureFixture) -> None:
    """A lock that comes in the middle of writing."""
    with Writer(empty) as writer:
        other = sqlite3.connect(empty.gradebook, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(2, lambda: other.execute("ROLLBACK")).start()
        writer.set_note("seed", "0")
    assert "waiting for it" in capsys.readouterr().err
    assert other.execute("select key, value from autograder_note").fetchall() == [("seed", "0")]


def test_a_full_disk_is_said_in_words(empty: Course) -> None:
    with Writer(empty) as writer:
        pages = writer._session.connection().exec_driver_sql("PRAGMA page_count").scalar()
        writer._session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(CourseError, match="cannot be used: database or disk is full. What was recorded stays"):
            writer.set_note("seed", "0" * 1_000_000)
