"""Damage as it happens to notebooks in real courses, done to right submissions at random.

A damage takes a notebook (a dict of nbformat 4) and a `random.Random`, and changes the notebook. It leaves every
answer in the file, unless it is among `LOSSES`. An envelope makes the bytes of a file from a notebook.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

Notebook = dict[str, Any]
Damage = Callable[[Notebook, Random], None]


def marks(cell: Notebook) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def answers(notebook: Notebook, kind: str = "") -> list[Notebook]:
    return [cell for cell in notebook["cells"] if marks(cell).get("solution") and kind in ("", cell["cell_type"])]


def tests(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if marks(cell).get("grade") and not marks(cell).get("solution")]


def place(notebook: Notebook, cell: Notebook) -> int:
    return next(index for index, each in enumerate(notebook["cells"]) if each is cell)


def new_cell(source: str, kind: str = "code", **metadata: Any) -> Notebook:
    cell = {"cell_type": kind, "id": f"new-{abs(hash(source)) % 10**8}", "metadata": metadata, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def stub_of(notebook: Notebook, cell: Notebook) -> str | None:
    """An answer as it was released; None where another damage has changed it already."""
    return notebook["stubs"].get(text(cell).strip())


# ------------------------------------------------------------------------------------------ names and marks


def lose_marks(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


def lose_ids(notebook: Notebook, random: Random) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)


def lose_marks_and_ids(notebook: Notebook, random: Random) -> None:
    lose_marks(notebook, random)
    lose_ids(notebook, random)


def lose_some_marks(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        if random.random() < 0.3:
            cell["metadata"] = {}
        if random.random() < 0.3:
            cell.pop("id", None)


def older_schema(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        if own := marks(cell):
            own["schema_version"] = random.choice([1, 2])
            own.pop("task", None)


def change_points_and_locks(notebook: Notebook, random: Random) -> None:
    for cell in tests(notebook):
        marks(cell).update({"points": 1000, "locked": False})


def swap_ids(notebook: Notebook, random: Random) -> None:
    found = answers(notebook, "code")
    if len(found) > 1:
        one, two = random.sample(found, 2)
        marks(one)["grade_id"], marks(two)["grade_id"] = marks(two).get("grade_id"), marks(one).get("grade_id")


# ------------------------------------------------------------------------------------------ cells


def delete_tests(notebook: Notebook, random: Random) -> None:
    gone = [cell for cell in tests(notebook) if random.random() < 0.5]
    notebook["cells"] = [cell for cell in notebook["cells"] if not any(cell is each for each in gone)]


def delete_all_but_answers(notebook: Notebook, random: Random) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if text(cell) not in notebook["given"]]


def double_an_answer(notebook: Notebook, random: Random) -> None:
    """A copy with an older, wrong version before it, or an unwritten one behind it."""
    for cell, stub in with_stubs(answers(notebook, "code"), notebook, random):
        other = copy.deepcopy(cell) | {"id": "copy", "source": stub}
        if random.random() < 0.5:
            notebook["cells"].append(other)
        else:
            other["source"] = stub.replace("pass", "return 0").replace("None", "0")
            notebook["cells"].insert(place(notebook, cell), other)


def split_an_answer(notebook: Notebook, random: Random) -> None:
    for cell in pick(answers(notebook), random):
        lines = text(cell).split("\n")
        if len(lines) > 1:
            at = random.randrange(1, len(lines))
            rest = copy.deepcopy(cell) | {"id": "half", "source": "\n".join(lines[at:])}
            if random.random() < 0.5:
                rest["metadata"] = {}
            cell["source"] = "\n".join(lines[:at])
            notebook["cells"].insert(place(notebook, cell) + 1, rest)


def merge_cells(notebook: Notebook, random: Random) -> None:
    cells = notebook["cells"]
    if len(cells) > 1:
        at = random.randrange(len(cells) - 1)
        cells[at]["source"] = text(cells[at]) + "\n\n" + text(cells.pop(at + 1))


def merge_two_answers(notebook: Notebook, random: Random) -> None:
    found = answers(notebook, "code")
    if len(found) > 1:
        at = random.randrange(len(found) - 1)
        found[at]["source"] = text(found[at]) + "\n\n" + text(found[at + 1])
        del notebook["cells"][place(notebook, found[at + 1])]


def change_type(notebook: Notebook, random: Random) -> None:
    for cell in pick(answers(notebook), random):
        cell["cell_type"] = random.choice(["markdown", "raw"]) if cell["cell_type"] == "code" else "code"


def move_cells(notebook: Notebook, random: Random) -> None:
    cells = notebook["cells"]
    for _ in range(random.randrange(1, 4)):
        cells.insert(random.randrange(len(cells)), cells.pop(random.randrange(len(cells))))


def edit_a_test(notebook: Notebook, random: Random) -> None:
    for cell in pick(tests(notebook), random):
        cell["source"] = random.choice([text(cell).replace("checks.score()", "100.0"), "checks = 1", ""])


def type_into_test(notebook: Notebook, random: Random) -> None:
    for cell, stub in with_stubs(answers(notebook, "code"), notebook, random):
        following = notebook["cells"][place(notebook, cell) + 1 :]
        if following and marks(following[0]).get("grade") and following[0]["cell_type"] == "code":
            following[0]["source"] = random.choice(["{0}\n\n{1}", "{1}\n\n{0}"]).format(text(cell), text(following[0]))
            cell["source"] = stub


def type_below(notebook: Notebook, random: Random) -> None:
    for cell, stub in with_stubs(answers(notebook), notebook, random):
        at = place(notebook, cell) + random.choice([1, 1, 2 if cell["cell_type"] == "code" else 1])
        notebook["cells"].insert(at, new_cell(text(cell), cell["cell_type"]))
        cell["source"] = stub


def add_own_cells(notebook: Notebook, random: Random) -> None:
    for number in range(random.randrange(1, 5)):
        at = random.randrange(len(notebook["cells"]))
        source = random.choice(
            [f"my_helper_{number} = {number}", f"print({number})", "# nothing", "%matplotlib inline"]
        )
        notebook["cells"].insert(at, new_cell(source))


# ------------------------------------------------------------------------------------------ programs


def saved_by_colab(notebook: Notebook, random: Random) -> None:
    notebook.update({"nbformat_minor": 0, "metadata": {"colab": {"provenance": []}, "accelerator": "GPU"}})
    keep = random.random() < 0.5
    for number, cell in enumerate(notebook["cells"]):
        own = {"nbgrader": marks(cell)} if keep and marks(cell) else {}
        cell["metadata"] = {"id": cell.pop("id", "") if keep else f"aB{number:010}", "outputId": "x"} | own


def saved_by_vs_code(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        cell["source"] = text(cell).rstrip("\n").splitlines(keepends=True)


def with_outputs(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * random.randrange(10_000)}]


def line_ends_of_windows(notebook: Notebook, random: Random) -> None:
    for cell in notebook["cells"]:
        cell["source"] = text(cell).replace("\n", "\r\n")


def conflict_in_a_cell(notebook: Notebook, random: Random) -> None:
    for cell, stub in with_stubs(answers(notebook, "code"), notebook, random):
        cell["source"] = f"<<<<<<< local\n{stub}\n=======\n{text(cell)}\n>>>>>>> remote"


def lose_an_answer(notebook: Notebook, random: Random) -> None:
    for cell in pick(answers(notebook), random):
        notebook["cells"].remove(cell)


def empty_an_answer(notebook: Notebook, random: Random) -> None:
    for cell in pick(answers(notebook), random):
        cell["source"] = random.choice(["", "# later", "   \n"])


def pick(cells: list[Notebook], random: Random) -> list[Notebook]:
    return random.sample(cells, min(len(cells), random.randrange(1, 4)))


def with_stubs(cells: list[Notebook], notebook: Notebook, random: Random) -> list[tuple[Notebook, str]]:
    found = [(cell, stub_of(notebook, cell)) for cell in pick(cells, random)]
    return [(cell, stub) for cell, stub in found if stub is not None]


def text(cell: Notebook) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])


LOSSES: list[Damage] = [lose_an_answer, empty_an_answer]
DAMAGES: list[Damage] = [
    lose_marks, lose_ids, lose_marks_and_ids, lose_some_marks, older_schema, change_points_and_locks, swap_ids,
    delete_tests, delete_all_but_answers, double_an_answer, split_an_answer, merge_cells, merge_two_answers,
    change_type, move_cells, edit_a_test, type_into_test, type_below, add_own_cells, saved_by_colab,
    saved_by_vs_code, with_outputs, line_ends_of_windows, conflict_in_a_cell,
]  # fmt: skip


# ------------------------------------------------------------------------------------------ files


def plain(notebook: Notebook) -> bytes:
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


def with_mark(notebook: Notebook) -> bytes:
    return b"\xef\xbb\xbf" + plain(notebook)


def utf_16(notebook: Notebook) -> bytes:
    return plain(notebook).decode().encode("utf-16")


def windows_file(notebook: Notebook) -> bytes:
    return plain(notebook).replace(b"\n", b"\r\n")


def format_3(notebook: Notebook) -> bytes:
    cells = []
    for cell in notebook["cells"]:
        lines = text(cell).splitlines(keepends=True)
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": lines, "language": "python", "collapsed": False, "outputs": [], "prompt_number": None}
        else:
            old["source"] = lines
        cells.append(old)
    return plain({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells, "metadata": {}}]})


def merge_conflict(notebook: Notebook) -> bytes:
    """What git leaves when one side has run the notebook and the other one has not."""
    lines = plain(notebook).decode().split("\n")
    at = next(index for index, line in enumerate(lines) if '"cells"' in line)
    other = [line.replace("# ", "# older: ") for line in lines[at + 1 : at + 9]]
    ours = ["<<<<<<< HEAD", *lines[at + 1 : at + 9], "=======", *other, ">>>>>>> 1a2b3c4 (after the lecture)"]
    return "\n".join([*lines[: at + 1], *ours, *lines[at + 9 :]]).encode()


def percent_script(notebook: Notebook) -> bytes:
    blocks = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            blocks.append("# %%\n" + text(cell))
        else:
            blocks.append("# %% [markdown]\n" + "\n".join(f"# {line}".rstrip() for line in text(cell).split("\n")))
    return "\n\n".join(blocks).encode()


def exported_script(notebook: Notebook) -> bytes:
    """As `jupyter nbconvert --to script` writes it."""
    blocks = ["#!/usr/bin/env python\n# coding: utf-8\n"]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            blocks.append(f"# In[ ]:\n\n\n{text(cell)}\n\n")
        else:
            blocks.append("\n".join(f"# {line}".rstrip() for line in text(cell).split("\n")) + "\n")
    return "\n".join(blocks).encode()


ENVELOPES = [plain, with_mark, utf_16, windows_file, format_3, merge_conflict, percent_script, exported_script]
