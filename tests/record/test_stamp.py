"""A new gradebook is what nbgrader itself would have made."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.course import Course
from autograder.record import Writer, stamp


def contents(path: Path) -> dict[str, list]:
    """The rows and columns of all tables."""
    with sqlite3.connect(path) as database:
        tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
        found = {name: database.execute(f"select * from {name}").fetchall() for name in tables}
        return found | {f"{name}.": database.execute(f"pragma table_info({name})").fetchall() for name in tables}


def test_a_stamped_gradebook_is_nbgraders_own(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    stamp(f"sqlite:///{ours}")
    for path in (ours, theirs):
        Gradebook(f"sqlite:///{path}", "deep-learning").close()
    found, wanted = contents(ours), contents(theirs)
    version = found.pop("alembic_version."), wanted.pop("alembic_version.")
    assert [[column[1:3] for column in each] for each in version] == [[("version_num", "VARCHAR(32)")]] * 2
    assert found == wanted and found["alembic_version"]


def test_a_gradebook_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    Gradebook(f"sqlite:///{path}", "deep-learning").close()
    before = contents(path)
    stamp(f"sqlite:///{path}")
    assert contents(path) == before


def test_several_may_open_a_gradebook_while_it_is_made(home: Path, tmp_path: Path) -> None:
    def open_it(course: Course) -> dict[str, str]:
        with Writer(course) as writer:
            return writer.digests()

    with ThreadPoolExecutor(4) as pool:
        for number in range(8):
            (tmp_path / str(number)).mkdir()
            course = Course(home, tmp_path / str(number), "lab03")
            assert list(pool.map(open_it, [course] * 4)) == [{}] * 4
