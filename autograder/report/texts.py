"""Texts of a notebook as HTML: Markdown with its formulas as MathML, code, and messages."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape

from bs4 import BeautifulSoup
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from autograder.course import is_solution
from autograder.report.mathml import formulas_to_mathml

MAX_TEXT = 30_000  # characters of a cell that are shown


def to_html(source: str) -> str:
    """Markdown as HTML, its formulas as MathML."""
    return str(render(source, {}))


@pass_context
def cell_to_html(context: Context, source: str) -> str:
    """The same for the cell of a template: nbconvert's filter `markdown2html`, which formgrader uses."""
    return str(render(source, context.get("cell", {}).get("attachments", {})))


def render(source: str, attachments: dict) -> BeautifulSoup:
    """Markdown as a tree. A text of a length that no answer has is shown as it was written."""
    if len(source) > MAX_TEXT:
        return BeautifulSoup(f"<pre tabindex='0'>{escape(shortened(source))}</pre>", "html.parser")
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True, attachments=attachments)
    soup = BeautifulSoup(MarkdownWithMath(renderer=renderer).render(source), "html.parser")
    formulas_to_mathml(soup)
    for block in [*soup.find_all("pre"), *soup.select(":has(> math[display=block])")]:
        block["class"], block["tabindex"] = "wide", "0"  # it scrolls
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


@lru_cache(maxsize=1000)
def coloured(code: str) -> str:
    """Code as HTML, coloured by pygments."""
    return Highlight2HTML(pygments_lexer="ipython3")(shortened(code))


def message(text: str) -> str:
    """A line of ours, or of the student's, as HTML: what stands between backquotes is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def shortened(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n[cut]"
