"""Grading proofs: a page in the browser with one question at a time, a rubric, groups, and a check of derivations.

What needs the gradebook is imported when it is called: the process that reads formulas (reader.py) needs none of it,
and begins twice as fast.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import tempfile
import webbrowser
from collections.abc import Iterator
from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

from autograder.course import Course, CourseError, command, no_formula

__all__ = ["grade_proofs", "take_requests", "write_decisions"]


def grade_proofs(course: Course, who: str, port: int = 0, browser: bool = True) -> None:
    """Serve the page until Ctrl-C. CourseError if nothing is graded yet, or the port is taken."""
    from tornado.netutil import bind_sockets

    from autograder.proofs.desk import Desk
    from autograder.proofs.server import ADDRESS, serve
    from autograder.record import Writer

    needs_gradebook(course)
    with Writer(course) as writer, contextlib.ExitStack() as stack:

        def ready(address: str) -> None:
            what = f"{course.lab}, graded by {who}: {address}"
            print(f"{what}\nCtrl-C ends it; every decision is saved at once.", flush=True)
            if browser:
                webbrowser.open(stack.enter_context(way_to(address)))

        desk = Desk(course, writer, who)
        try:
            sockets = bind_sockets(port, ADDRESS)
        except OSError as error:
            reason = error.strerror or error
            raise CourseError(f"The page cannot be served on port {port}: {reason}. Choose another: PORT=n.") from None
        with contextlib.suppress(KeyboardInterrupt):  # the usual end
            asyncio.run(serve(desk, sockets, ready))


@contextlib.contextmanager
def way_to(address: str) -> Iterator[str]:
    """The address of a file that leads there: others can read what a browser is started with, not this."""
    folder = Path(jupyter_runtime_dir())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="proofs-", suffix=".html") as file:
        file.write(
            f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}"><a href="{address}">Proofs</a>'
        )
        file.flush()
        yield Path(file.name).as_uri()


def take_requests(course: Course, path: Path, who: str) -> tuple[str, bool]:
    """Note the regrade requests of a CSV file. Returns what became of them, and whether all lines were taken."""
    from autograder.proofs.requests_table import read_table

    needs_gradebook(course)
    taken = read_table(course, path, who)
    return str(taken), not taken.refused


def write_decisions(course: Course, who: str) -> Path:
    """Write export/<lab>-decisions.csv: who decided what about whom, and when. Returns its path."""
    from autograder.record import Marking, Writer

    needs_gradebook(course)
    with Writer(course) as writer:
        rows = Marking(writer, who).decisions(course.lab)
    path = course.root / "export" / f"{course.lab}-decisions.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    names = ("at", "who", "action", "notebook", "cell", "student", "score", "comment")
    with open(path, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(names)
        table.writerows([no_formula(row[name]) for name in names] for row in rows)
    return path


def needs_gradebook(course: Course) -> None:
    if not course.has_gradebook:
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
