"""One page of feedback: an exporter for nbgrader's GenerateFeedback, and what it adds to a graded notebook.

nbgrader_config.py names both, so `make feedback`, nbgrader's own command and formgrader write the same pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from pygments.formatters import HtmlFormatter
from traitlets import Bool, default

from autograder.masters import grade_id, is_solution, is_test
from autograder.mathml import formulas_to_mathml
from autograder.record import read_result
from autograder.results import CellGrade, NotebookResult

MAX_TEXT = 30_000  # characters of a cell that are shown
UNREAD = "not graded yet: a person reads it"
WORD = re.compile(r"[^\s\x1b\"':]+")  # paths have none of these
LIBRARY = re.compile(r".*/(?=site-packages/)|[^/]*/.*?(?=lib/python3\.\d+/)")  # where this machine keeps Python


class FeedbackExporter(TemplateExporter):
    """HTML with the template of this package, which needs no network and no script."""

    export_from_notebook = "Feedback"
    output_mimetype = "text/html"

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

    Comes after GetGrades and ClearHiddenTests. Fills `resources["autograder"]` and each cell's `metadata.autograder`.
    """

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        where = resources["nbgrader"]
        with Gradebook(where["db_url"]) as gradebook:
            record = gradebook.find_submission_notebook(where["notebook"], where["assignment"], where["student"])
            waiting = {grade.name for grade in record.grades if grade.needs_manual_grade and grade.manual_score is None}
            result = read_result(gradebook.db, where["assignment"], where["student"])
        books = [book for book in result.notebooks if book.name == where["notebook"]] if result else []
        book = books[0] if books else NotebookResult(where["notebook"])
        headings = Headings(level=2)
        rows = []
        for cell in nb.cells:
            shown: dict[str, Any] = {"state": "", "kind": kind(cell)}
            if cell.cell_type == "markdown":
                shown["html"] = headings.to_html(cell)
            comment = cell.metadata.get("nbgrader", {}).get("comment")
            shown["comment"] = to_html(comment) if comment and comment != book.reason else ""
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
        resources["autograder"] = {"book": book, "rows": rows, "waiting": open_points, "css": colours}
        return nb, resources


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


def to_html(source: str) -> str:
    """Markdown as HTML, its formulas as MathML."""
    return str(render(source, {}))


def render(source: str, attachments: dict) -> BeautifulSoup:
    """Markdown as a tree. A text of a length that no answer has is shown as it was written."""
    if len(source) > MAX_TEXT:
        return BeautifulSoup(f"<pre tabindex='0'>{escape(shortened(source))}</pre>", "html.parser")
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    soup = BeautifulSoup(MarkdownWithMath(renderer=renderer).render(source), "html.parser")
    formulas_to_mathml(soup)
    for block in soup.find_all("pre"):
        block["tabindex"] = "0"  # a wide one scrolls
    return soup


class Headings:
    """Puts the headings of Markdown cells in order below a heading of the page, without a gap, and keeps the last."""

    def __init__(self, level: int) -> None:
        self._top = level
        self._level = level
        self.last = ""  # text of the last heading of a given cell

    def to_html(self, cell: NotebookNode) -> str:
        pictures = cell.get("attachments", {})
        make = in_order.__wrapped__ if pictures and is_solution(cell) else in_order  # they are large, and one student's
        html, self._level, heading = make(cell.source, json.dumps(pictures), self._top, self._level)
        if heading and not is_solution(cell):
            self.last = heading
        return html


@lru_cache(maxsize=1000)
def coloured(code: str) -> str:
    """Code as HTML, coloured by pygments."""
    return Highlight2HTML(pygments_lexer="ipython3")(shortened(code))


def message(text: str) -> str:
    """A line of ours, or of the student's, as HTML: what stands between backquotes is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n[cut]"


@lru_cache(maxsize=1000)  # most of a notebook's text is the same for everybody
def in_order(source: str, attachments: str, top: int, level: int) -> tuple[str, int, str]:
    """Markdown as HTML, its headings below level `top` and none more than one below the one before, which is `level`.

    Returns the level and the text of the last heading, too.
    """
    soup = render(source, json.loads(attachments))
    text = ""
    for heading in soup.find_all(re.compile("^h[1-6]$")):
        level = min(int(heading.name[1]) + top, level + 1, 6)
        heading.name = f"h{level}"
        heading.attrs.clear()
        text = heading.get_text(" ", strip=True)
    return str(soup), level, text
