"""The worked solution as a web page: no script, no network, formulas as MathML, good to print and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbconvert.filters import ansi2html
from nbformat import NotebookNode
from pygments.formatters import HtmlFormatter

from autograder.course import CourseError
from autograder.report import Headings, coloured

NOT_CONVERTED = re.compile(r'<code class="latex">(.*?)</code>')


def page(notebook: NotebookNode) -> str:
    """The page of a solution that was run."""
    headings = Headings(level=0)
    shown = []
    for cell in notebook.cells:
        html = headings.to_html(cell) if cell.cell_type == "markdown" else coloured(cell.source)
        if left := NOT_CONVERTED.search(html):
            raise CourseError(f"The cell {cell.id} has a formula that cannot be shown: {left[1][:200]}")
        shown.append({"kind": kind_of(cell), "code": cell.cell_type == "code", "html": html, "outputs": outputs(cell)})
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["ansi2html"] = ansi2html
    title = next(re.findall(r"(?m)^# +(.*)$", cell.source)[0] for cell in notebook.cells if "# " in cell.source)
    colours = HtmlFormatter(style="xcode").get_style_defs(".highlight")
    return environment.get_template("solution.html.j2").render(title=title, cells=shown, colours=colours)


def kind_of(cell: NotebookNode) -> str:
    """What a cell is to its reader. A line that only shows a picture is the picture."""
    pictures = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    return "picture" if pictures and "\n" not in cell.source else str(cell.metadata.solution)


def outputs(cell: NotebookNode) -> list[dict[str, str]]:
    """The outputs of a cell: texts, and pictures with their description, which is not told twice."""
    found = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            picture = data["image/png"].replace("\n", "")
            found.append({"picture": picture, "text": output.metadata.get("image/png", {}).get("alt", "")})
        else:
            found.append({"picture": "", "text": output.get("text") or data.get("text/plain", "")})
    told = [plain(each["text"]) for each in found if each["picture"]]
    return [each for each in found if each["picture"] or plain(each["text"]) not in told]


def plain(text: str) -> str:
    return " ".join(text.split())
