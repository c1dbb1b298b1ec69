"""One master notebook, tried out both ways: tests behind the wall, and beside the student's code as nbgrader does."""

import json
import socket
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import get_partial_grade

from autograder.course import Profile, is_test
from autograder.examine.held import Unanswered
from autograder.examine.plain_cells import PlainCells
from autograder.examine.sitting import Sitting
from autograder.examine.wall import Wall

from labtools.answering import OBJECTS


def notebook(*cells: tuple[str, str]) -> NotebookNode:
    """A master of cells (kind, source): "solution", "given", or "test"; the tests are named test-1 and so on."""
    made, count = [], 0
    for number, (kind, source) in enumerate(cells):
        marks: dict[str, Any] = {}
        if kind == "solution":
            marks = {"nbgrader": {"grade_id": f"answer-{number}", "solution": True, "grade": False, "locked": False}}
        elif kind == "test":
            count += 1
            marks = {"nbgrader": {"grade_id": f"test-{count}", "solution": False, "grade": True, "points": 4.0}}
        made.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata=marks))
    return nbformat.v4.new_notebook(cells=made)


class Kernel:
    """A student's kernel (kernel.py)."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._stream = self._socket.makefile("rw")
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self._wall: Wall | None = None

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()
        if self._wall:
            self._wall.close()
        self._folder.cleanup()

    def _send(self, *message: str) -> None:
        self._stream.write(json.dumps(message) + "\n")
        self._stream.flush()

    def run(self, source: str) -> dict[str, Any]:
        self._send("run", source)
        return json.loads(self._stream.readline())

    def ask(self, label: str, request: dict[str, Any], lent: Any) -> Any:
        if self._wall is None:
            path = Path(self._folder.name) / "wall"
            self._wall = Wall(path)
            self._send("wall", str(path))
        try:
            kind, what = self._wall.ask(OBJECTS, label, request, lent, 5.0).reply(5.0)
        except (TimeoutError, OSError, ValueError) as error:
            raise Unanswered(type(error).__name__) from None
        if kind != "answers":
            raise Unanswered(f"{kind}: {what}")
        return what


def beside(path: str, master: NotebookNode, answers: list[str]) -> list[float]:
    """The points of the tests as nbgrader gives them: by an error, else by the result of the last line."""
    points, left = [], list(answers)
    with Kernel(path) as kernel:
        for cell in master.cells:
            if not is_test(cell):
                kernel.run(left.pop(0) if cell.metadata.get("nbgrader") else cell.source)
                continue
            found, most = kernel.run(cell.source), cell.metadata.nbgrader.points
            if found["error"]:
                points.append(0.0)
            elif found["result"] is None:
                points.append(most)
            else:
                try:
                    points.append(get_partial_grade({"data": {"text/plain": found["result"]}}, most))
                except ValueError:
                    points.append(0.0)
    return points


def behind(
    path: str,
    master: NotebookNode,
    answers: list[str],
    profiles: dict[str, Profile] | None = None,
    folder: Path | None = None,
) -> tuple[list[float], list[str], dict[str, Profile]]:
    """The points and the messages of the tests behind the wall. Without profiles they are made in this run.

    `folder` holds the lab's files, if it has any.
    """
    points, messages, left = [], [], list(answers)
    made: dict[str, Profile] = {}
    with Kernel(path) as kernel:
        place = folder or kernel.folder
        sitting = Sitting(PlainCells(master), kernel.ask, lambda: kernel, place, 10.0, recording=profiles is None)
        for cell in master.cells:
            if not is_test(cell):
                source = left.pop(0) if cell.metadata.get("nbgrader") else cell.source
                sitting.enter(NotebookNode(cell, source=source))
                kernel.run(source)
                continue
            sitting.enter(cell)
            name = cell.metadata.nbgrader.grade_id
            made[name] = profiles[name] if profiles is not None else Profile()
            outcome = sitting.run(name, made[name])
            points.append(outcome.points)
            messages.append(outcome.checks[0].message)
    return points, messages, made
