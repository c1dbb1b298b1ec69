"""The record of intake at the top of a graded notebook, for student and teaching assistant."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from autograder.intake.harmless import harmless_markdown


def log_cells(repairs: list[str], tampering: list[str]) -> list[NotebookNode]:
    """A Markdown cell with what was put right and what was edited; none if there is nothing to tell."""
    lines = []
    for head, sentences in (
        ("What was put right before grading", repairs),
        ("Locked cells and points that were edited", tampering),
    ):
        if sentences:
            lines += [f"**{head}**", "", *(f"- {sentence}" for sentence in sentences), ""]
    return [new_markdown_cell(harmless_markdown("\n".join(lines)), id="intake-log")] if lines else []
