"""One page of feedback: an exporter for nbgrader's GenerateFeedback, and what it adds to a graded notebook.

nbgrader_config.py names both, so `make feedback`, nbgrader's own command and formgrader write the same pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from traitlets import Bool, List, Unicode, default

from autograder.course import CellGrade, Course, NotebookResult, grade_id, is_solution, is_test
from autograder.record import Sheet, is_old, read_requests, read_result, read_sheets
from autograder.report.texts import Headings, coloured, message, to_html

UNREAD = "not graded yet: a person reads it"
TOLD = ("intake-log", "not-graded")  # cells that a graded notebook begins with: the page's head says the same
WORD = re.compile(r"[^\s\x1b\"':]+")  # paths have none of these
LIBRARY = re.compile(r".*/(?=site-packages/)|[^/]*/.*?(?=lib/python3\.\d+/)")  # where this machine keeps Python


class FeedbackExporter(TemplateExporter):
    """HTML with the template of this package, which needs no network and no script."""

    export_from_notebook = "Feedback"
    output_mimetype = "text/html"

    @default("optimistic_validation")
    def _optimistic_validation_default(self) -> bool:
        return True  # once, after all preprocessors

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @default("template_name")
    def _template_name_default(self) -> str:
        return "feedback"

    @default("extra_template_basedirs")
    def _extra_template_basedirs_default(self) -> list[str]:
        return [str(Path(__file__).parent / "templates")]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield "coloured", coloured
        yield "message", message


class AddResults(Preprocessor):
    """Adds to a graded notebook what its page shows: scores, checks, repairs, and Markdown as finished HTML.

    Comes after ClearHiddenTests, and does what nbgrader's GetGrades does, too. Fills `resources["autograder"]` and each
    cell's `metadata.autograder`.
    """

    enabled = Bool(True).tag(config=True)
    older = List(
        Unicode(), None, allow_none=True, help="students whose graded notebooks are not what they handed in last"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        where = resources["nbgrader"]
        with Session(gradebook(where["db_url"])) as session:
            sheets = read_sheets(session, where["assignment"], where["student"], where["notebook"])
            result = read_result(session, where["assignment"], where["student"])
            asked = read_requests(session, where["assignment"], where["notebook"], where["student"])
        add_grades(nb, where, sheets)
        sheet = sheets[where["student"]].books[where["notebook"]]
        waiting = {name for name, cell in sheet.cells.items() if cell.waits}
        books = [book for book in result.notebooks if book.name == where["notebook"]] if result else []
        book = books[0] if books else NotebookResult(where["notebook"])
        nb.cells = [cell for cell in nb.cells if cell.get("id") not in TOLD]
        headings = Headings(level=2)
        rows = []
        for cell in nb.cells:
            shown: dict[str, Any] = {"state": "", "kind": kind(cell)}
            if cell.cell_type == "markdown":
                shown["html"] = headings.to_html(cell)
            comment = cell.metadata.get("nbgrader", {}).get("comment")
            shown["comment"] = to_html(comment) if comment and comment != book.reason else ""
            shown["requests"] = [
                {"question": request.question, "reply": to_html(request.reply) if request.reply else ""}
                for request in asked
                if request.cell == grade_id(cell)
            ]
            for number, output in enumerate(cell.get("outputs", []), 1):
                without_paths(output)
                describe(output, f"Picture {number}, drawn by this cell; it has no description.")
            grade = book.cells.get(grade_id(cell))
            shown["checks"] = grade.checks if grade else []
            if cell.metadata.get("nbgrader", {}).get("points"):
                shown["state"] = state(cell, grade, book, waiting)
                rows.append({"section": headings.last, "cell": cell})
            cell.metadata["autograder"] = shown
        unread = [row["cell"] for row in rows if row["cell"].metadata.autograder.state == UNREAD]
        open_points = sum(cell.metadata.nbgrader.points for cell in unread)
        colours = HtmlFormatter(style="xcode").get_style_defs(".highlight")
        older = self._is_older(where["assignment"], where["student"])
        page = {"book": book, "rows": rows, "waiting": open_points, "css": colours, "older": older}
        resources["autograder"] = page
        return nb, resources

    def _is_older(self, lab: str, student: str) -> bool:
        """Whether a page is about another version than the last; nbgrader's own commands do not say who those are."""
        if self.older is not None:
            return student in self.older
        home = Path(self.config.CourseDirectory.root)
        return is_old(Course(home, home, lab), student)


@lru_cache(maxsize=4)
def gradebook(url: str) -> Engine:
    """Leads to a gradebook, which is open only while it is read, and remembers how its queries are written."""
    return create_engine(url, poolclass=NullPool)


def add_grades(nb: NotebookNode, where: dict[str, Any], sheets: dict[str, Sheet]) -> None:
    """Put points and comments into the metadata of cells, and sums into `where`, as nbgrader's GetGrades does.

    That asks the gradebook twice for each cell. LookupError where it has no such notebook or cell.
    """
    try:
        sheet = sheets[where["student"]].books[where["notebook"]]
        for cell in nb.cells:
            own = cell.metadata.get("nbgrader", {})
            if own.get("solution") or own.get("task"):
                own["comment"] = sheet.comments[own.grade_id]
            if own.get("grade") or own.get("task"):
                own["score"], own["points"] = sheet.cells[own.grade_id].score, sheet.cells[own.grade_id].maximum
    except KeyError as missing:
        raise LookupError(f"the gradebook has no {missing} of {where['notebook']} of {where['student']}") from None
    where["late_penalty"] = sheet.penalty or 0
    where["score"] = sheet.score - where["late_penalty"]
    where["max_score"] = sheet.maximum


def kind(cell: NotebookNode) -> str:
    """What a cell is to its reader."""
    if is_test(cell):
        return "test"
    if is_solution(cell):
        return "answer"
    return "given" if grade_id(cell) else "own"


def state(cell: NotebookNode, grade: CellGrade | None, book: NotebookResult, waiting: set[str]) -> str:
    """How a graded cell stands, in words."""
    score, points = cell.metadata.nbgrader.score, cell.metadata.nbgrader.points
    if grade_id(cell) in waiting and book.status == "graded":
        return UNREAD
    if book.status != "graded" and not score:
        return "not graded"
    if score >= points:
        return "all points"
    return "some points" if score > 0 else "no points"


def without_paths(output: NotebookNode) -> None:
    """Cut the folders of the grader's machine out of texts and tracebacks."""
    if "text" in output:
        output.text = WORD.sub(shorter, output.text)
    if "traceback" in output:
        output.traceback = [WORD.sub(shorter, line) for line in output.traceback]
    if "text/plain" in output.get("data", {}):
        output.data["text/plain"] = WORD.sub(shorter, output.data["text/plain"])


def shorter(word: re.Match[str]) -> str:
    """A word, without the folders before Python's own if it is a path."""
    found = LIBRARY.match(word[0])
    return f"{word[0].partition('/')[0]}.../{word[0][found.end() :]}" if found else word[0]


def describe(output: NotebookNode, text: str) -> None:
    """Give a picture without a description one that at least says so."""
    if "image/png" in output.get("data", {}):
        output.metadata.setdefault("image/png", {}).setdefault("alt", text)
