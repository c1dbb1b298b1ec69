"""The cells of a worked solution: the master's, with solutions and derivations, and nothing that grades."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import grade_id, is_solution, is_test, secrets_by_kind, solution, without_secrets

HINT = re.compile(r"\n*<details>.*?</details>", re.DOTALL)
WHILE_WORKING = "while-working"  # tag of cells that are for those who still work on the lab
SCHEME = "**Marking scheme**"


def read_worked(path: Path) -> dict[str, str]:
    """The derivations of a notebook by the grade ids of its answers. Empty without such a file."""
    if not path.is_file():
        return {}
    _, *parts = re.split(r"(?m)^## +(\S+)\n", "\n" + path.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2])}


def solution_cells(master: NotebookNode, worked: dict[str, str], schemes: bool) -> Iterator[NotebookNode]:
    """The cells of a solution. Each has `metadata.solution`: text, answer, derivation, scheme, given or setup."""
    for cell in master.cells:
        if is_test(cell) or WHILE_WORKING in cell.metadata.get("tags", []):
            continue
        name, text = grade_id(cell), HINT.sub("", without_secrets(cell.source))
        if not is_solution(cell):
            kind = "text" if cell.cell_type == "markdown" else "setup" if only_imports(text) else "given"
            yield new_cell(cell, cell.id, kind, text.strip("\n"))
            scheme = [each for what, each in secrets_by_kind(cell.source) if what == "MARK SCHEME"]
            if schemes and scheme:
                quoted = "\n".join(f"> {line}".rstrip() for line in [SCHEME, "", *scheme[0].strip().splitlines()])
                yield new_cell(cell, f"{cell.id}-scheme", "scheme", quoted)
            continue
        derivation = new_cell(None, f"{cell.id}-worked", "derivation", worked[name]) if name in worked else None
        if derivation and cell.cell_type == "code":
            yield derivation
        answer = solution(cell.source).strip("\n")
        yield new_cell(cell, cell.id, "answer", without_blanks(answer) if cell.cell_type == "code" else answer)
        if derivation and cell.cell_type == "markdown":
            yield derivation


def new_cell(cell: NotebookNode | None, name: str, kind: str, text: str) -> NotebookNode:
    """A cell of the type of another one, open to changes; without one, a cell of Markdown."""
    code = cell is not None and cell.cell_type == "code"
    make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
    return make(text, id=name, metadata={"solution": kind})


def without_blanks(source: str) -> str:
    """An answer without the lines that were there to be filled in: a name that is None first, and then something."""
    body = ast.parse(source).body
    targets = [{each.id for each in ast.walk(line) if isinstance(each, ast.Name)} for line in body]
    blank = {
        line.lineno
        for number, line in enumerate(body)
        if isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Constant)
        and line.value.value is None
        and targets[number] <= set().union(*targets[number + 1 :])
    }
    return "\n".join(text for number, text in enumerate(source.split("\n"), 1) if number not in blank)


def only_imports(source: str) -> bool:
    """Whether code does nothing but import, or say what is missing."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    return all(isinstance(each, (ast.Import, ast.ImportFrom, ast.Try)) for each in tree.body)
