"""Figures that are the same for everybody: the constant cells of a lab are run once a station."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import nbformat
from jupyter_client.kernelspec import KernelSpec
from nbformat import NotebookNode

from autograder.course import SubmissionResult, TimeLimits, grade_id, is_constant, is_solution, is_test
from autograder.examine.student import StudentKernel

Outputs = dict[str, list[NotebookNode]]  # by grade id


async def draw_constant(masters: Iterable[NotebookNode], spec: KernelSpec, limits: TimeLimits) -> Outputs:
    """Run the constant cells of the masters, each after the given cells before it. Returns their outputs."""
    drawn: Outputs = {}
    for master in masters:
        given = [cell for cell in master.cells if cell.cell_type == "code" and grade_id(cell)]
        last = max((number for number, cell in enumerate(given) if is_constant(cell)), default=-1)
        if last < 0:
            continue
        kernel = StudentKernel(spec, limits, time.monotonic() + limits.submission_seconds)
        try:
            await kernel.start()
            for cell in given[: last + 1]:
                if not (is_test(cell) or is_solution(cell)):
                    own = nbformat.from_dict(cell)
                    await kernel.run(own)
                    if is_constant(own):
                        drawn[grade_id(cell)] = own.outputs
        finally:
            await kernel.stop()
    return drawn


def with_constant(text: str, drawn: Outputs) -> str:
    """A SubmissionResult as JSON, whose constant cells have these outputs: for one that was examined before they were
    drawn.
    """
    result = SubmissionResult.from_json(text)
    for book in result.notebooks:
        if book.status == "graded" and book.name in result.written:
            notebook = nbformat.from_dict(json.loads(result.written[book.name]))
            put_constant(notebook, drawn)
            result.written[book.name] = text_of(notebook)
    return result.to_json(whole=True)


def put_constant(notebook: NotebookNode, drawn: Outputs) -> None:
    """Give the constant cells of a graded notebook their outputs, as far as there are any."""
    for cell in notebook.cells:
        if is_constant(cell):
            cell.outputs = nbformat.from_dict(drawn.get(grade_id(cell), []))


def text_of(notebook: NotebookNode) -> str:
    """A notebook as nbformat writes it, but in one line: json needs many times as long for indentation."""
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True)
