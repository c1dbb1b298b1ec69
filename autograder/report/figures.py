"""The figures of the report, as SVG that stands in the page. Colours can be told apart by the colour-blind."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from autograder.report.analysis import StudentRow
from autograder.report.items import CellTime, CheckRow

SVG = "{http://www.w3.org/2000/svg}"
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]  # Okabe and Ito
MARKS = ["o", "s", "^", "D", "v", "P"]
BINS = 14
BARS = 12


def score_figure(rows: list[StudentRow]) -> Markup:
    """How many students have how many points."""
    done = [row.total for row in rows if row.total is not None and row.state == "graded"]
    open_ = [row.total for row in rows if row.total is not None and row.state != "graded"]
    maximum = max((row.maximum for row in rows), default=0) or 1
    figure = Figure(figsize=(7.5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.hist(
        [done, open_],
        bins=BINS,
        range=(0, maximum),
        stacked=True,
        color=[COLOURS[0], "#bcd8ea"],
        edgecolor="black",
        linewidth=0.6,
        label=["graded", "something is still to be graded"],
    )
    for patch in axes.containers[1]:
        patch.set_hatch("//")
    axes.set(xlabel="points", ylabel="students", xlim=(0, maximum))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)
    text = f"{len(done + open_)} students, 0 to {maximum:g} points. The table of students holds the numbers."
    return to_svg(figure, "Distribution of scores", text, "scores")


def check_figure(rows: list[CheckRow], names: list[str]) -> Markup:
    """Success and discrimination of the checks that have both."""
    figure = Figure(figsize=(7.5, 3.6), layout="constrained")
    axes = figure.subplots()
    for number, name in enumerate(names):
        own = [row for row in rows if row.notebook == name and row.discrimination is not None]
        axes.scatter(
            [100 * row.passed / row.asked for row in own],
            [row.discrimination or 0.0 for row in own],
            marker=MARKS[number % len(MARKS)],
            color=COLOURS[number % len(COLOURS)],
            alpha=0.75,
            edgecolor="black",
            linewidth=0.4,
            label=name.replace("_", " "),
        )
    axes.axhline(0.2, color="#777777", linewidth=0.8, linestyle="--")
    axes.set(xlabel="passed, in %", ylabel="discrimination", xlim=(-3, 103), ylim=(-1.05, 1.05))
    axes.legend(frameon=False, loc="lower left", fontsize="small")
    axes.spines[["top", "right"]].set_visible(False)
    few = sum(row.discrimination is not None and row.discrimination < 0.2 for row in rows)
    text = f"A mark a check. {few} lie below the dashed line at 0.2: they tell little. The table holds the numbers."
    return to_svg(figure, "Success and discrimination of checks", text, "checks")


def time_figure(rows: list[CellTime]) -> Markup:
    """The cells that took the most time in sum."""
    shown = rows[:BARS][::-1]
    figure = Figure(figsize=(7.5, 0.6 + 0.27 * max(len(shown), 2)), layout="constrained")
    axes = figure.subplots()
    axes.barh([row.cell for row in shown], [row.total for row in shown], color=COLOURS[0])
    axes.set(xlabel="seconds, all students together")
    axes.spines[["top", "right"]].set_visible(False)
    first = f"{rows[0].cell} took most: {rows[0].total:.1f} s." if rows else "No times were recorded."
    return to_svg(figure, "Cells that took the most time", f"{first} The table holds the numbers.", "times")


def to_svg(figure: Figure, title: str, description: str, name: str) -> Markup:
    """A figure as an element of a page, with a title and a description for those who do not see it."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}):
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(["Creator", "Date", "Format", "Type"]))
    ElementTree.register_namespace("", SVG[1:-1])
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{SVG}metadata", f"{SVG}style"):  # a style would hold for the whole page
                parent.remove(child)
        if "_" in parent.get("id", ""):  # figure_1, axes_1 and so on: once a figure, and nothing refers to them
            del parent.attrib["id"]
    root.set("style", "stroke-linejoin: round; stroke-linecap: butt")
    for tag, text in (("desc", description), ("title", title)):
        element = ElementTree.Element(f"{SVG}{tag}", id=f"{name}-{tag}")
        element.text = text
        root.insert(0, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for size in ("width", "height"):
        del root.attrib[size]
    return Markup(ElementTree.tostring(root, encoding="unicode"))
