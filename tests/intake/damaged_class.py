"""A class of 60 submissions, half of them damaged in every way that intake knows.

`python -m tests.intake.damaged_class FOLDER` puts it into FOLDER/submitted, to see what another grader makes of it.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from autograder.check.bank import Entry, build, expected_points, hand_in, read_bank
from autograder.course import Course, is_solution, open_course, read_notebook
from tests.intake import damage
from tests.intake.damage import Notebook, plain

HOME = Path(__file__).resolve().parents[2]
SIZE = 60


@dataclass
class Right:
    """The three notebooks of a right submission, to be damaged."""

    notebooks: dict[str, Notebook]
    random: Random
    folder: Path

    def change(self, *damages: damage.Damage) -> None:
        for each in damages:
            for notebook in self.notebooks.values():
                each(notebook, self.random)

    def write(
        self, envelope: Callable[[Notebook], bytes] = plain, name: Callable[[str], str] = "{}.ipynb".format
    ) -> None:
        for stem, data in self.packed(envelope).items():
            path = self.folder / name(stem)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def packed(self, envelope: Callable[[Notebook], bytes] = plain) -> dict[str, bytes]:
        extra = ("stubs", "given")
        return {k: envelope({key: nb[key] for key in nb if key not in extra}) for k, nb in self.notebooks.items()}


@dataclass
class Damaged:
    """One way of damage: what it does, and which notebooks (1, 2, 3) cannot be graded after it."""

    do: Callable[[Right], None]
    refused: set[int] = field(default_factory=set)
    #: words that some sentence in the log of repairs holds
    says: str = ""
    tampering: bool = False


def changed(*damages: damage.Damage, says: str = "", tampering: bool = False) -> Damaged:
    def do(right: Right) -> None:
        right.change(*damages)
        right.write()

    return Damaged(do, says=says, tampering=tampering)


def saved(envelope: Callable[[Notebook], bytes], says: str, ending: str = "ipynb") -> Damaged:
    return Damaged(lambda right: right.write(envelope, lambda stem: f"{stem}.{ending}"), says=says)


def renamed(right: Right) -> None:
    one, two, three = right.notebooks
    names = {one: "exercise1 (1).ipynb", two: "s44_Exercise2-chain-rule.IPYNB", three: f"{three}-Copy1.ipynb"}
    right.write(name=names.__getitem__)


def beside_a_blank_one(right: Right) -> None:
    """The released notebooks are there under their names, and the answers are in copies."""
    right.write(name=lambda stem: f"{stem} (1).ipynb")
    for stem, notebook in right.notebooks.items():
        for cell in damage.answers(notebook):
            cell["source"] = damage.stub_of(notebook, cell) or ""
        (right.folder / f"{stem}.ipynb").write_bytes(right.packed()[stem])


def zipped(right: Right) -> None:
    (right.folder / "lab three.zip").write_bytes(zip_of({f"lab/{k}.ipynb": v for k, v in right.packed().items()}))


def unsafe_zip(right: Right) -> None:
    (right.folder / "lab.zip").write_bytes(zip_of({f"../../{k}.ipynb": v for k, v in right.packed().items()}))


def zip_of(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return data.getvalue()


def huge_output(right: Right) -> None:
    notebook = next(iter(right.notebooks.values()))
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 100_000_000}
    next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")["outputs"] = [output]
    right.write()


def no_notebooks(right: Right) -> None:
    one, two, three = (right.folder / f"{stem}.ipynb" for stem in right.notebooks)
    one.write_text("<!DOCTYPE html><html><body>Please log in</body></html>")
    two.write_bytes(list(right.packed().values())[1][:5000])
    three.write_text('{"name": "no notebook"}')


def no_files(right: Right) -> None:
    one, two, three = (right.folder / f"{stem}.ipynb" for stem in right.notebooks)
    os.symlink("/etc/passwd", one)
    os.mkfifo(two)
    with open(three, "wb") as file:
        file.truncate(201_000_000)


def too_much(right: Right) -> None:
    one, two, three = right.notebooks
    cell = '{"cell_type": "code", "metadata": {}, "source": "1", "outputs": []}'
    (right.folder / f"{one}.ipynb").write_text('{"cells": [' + ",".join([cell] * 100_000) + "]}")
    (right.folder / f"{two}\n.ipynb").write_bytes(right.packed()[two])
    (right.folder / f"{three}.ipynb").write_bytes(b"")


WAYS: dict[str, Damaged] = {
    "s31-marks-lost": changed(damage.lose_marks, says="found by their cell ids"),
    "s32-marks-and-ids-lost": changed(damage.lose_marks_and_ids, says="found by their content"),
    "s33-older-schema": changed(damage.older_schema, says="of another version"),
    "s34-points-and-ids": changed(damage.change_points_and_locks, damage.swap_ids, tampering=True),
    "s35-tests-deleted": changed(damage.delete_tests, says="missing; put back"),
    "s36-doubled": changed(damage.double_an_answer, says="twice"),
    "s37-split": changed(damage.split_an_answer, says="joined"),
    "s38-merged": changed(damage.merge_two_answers, says="merged"),
    "s39-type-changed": changed(damage.change_type, says="was not a code cell"),
    "s40-moved": changed(damage.move_cells, says="put back in order"),
    "s41-typed-into-tests": changed(damage.type_into_test, says="had been typed into `test-"),
    "s42-typed-below": changed(damage.type_below, says="had been typed into a new cell"),
    "s43-locked-cells-edited": changed(damage.edit_a_test, tampering=True),
    "s44-renamed": Damaged(renamed, says="was handed in as"),
    "s45-two-files": Damaged(beside_a_blank_one, says="was graded, since"),
    "s46-nested": Damaged(lambda right: right.write(name="my lab/copy/{}.ipynb".format), says="was handed in as"),
    "s47-zipped": Damaged(zipped, says="was handed in as `lab three.zip/lab/"),
    "s48-format-3": saved(damage.format_3, "old format 3"),
    "s49-large-output": Damaged(huge_output),
    "s50-vs-code": changed(damage.saved_by_vs_code),
    "s51-colab": changed(damage.lose_marks, damage.saved_by_colab, damage.with_outputs, says="were lost"),
    "s52-percent-script": saved(damage.percent_script, "A Python file was handed in", "py"),
    "s53-exported-script": saved(damage.exported_script, "A Python file was handed in", "py"),
    "s54-windows": Damaged(
        lambda right: (right.change(damage.line_ends_of_windows), right.write(damage.with_mark))[1],
        says="byte order mark",
    ),
    "s55-utf-16": saved(damage.utf_16, "saved as UTF-16"),
    "s56-merge-conflict": saved(damage.merge_conflict, "merge conflict"),
    "s57-no-notebooks": Damaged(no_notebooks, {1, 2, 3}),
    "s58-no-files": Damaged(no_files, {1, 2, 3}),
    "s59-unsafe-zip": Damaged(unsafe_zip, {1, 2, 3}),
    "s60-too-much": Damaged(too_much, {1, 2, 3}),
}


def hand_in_class(course: Course) -> dict[str, dict[str, float]]:
    """Hand the class in. Returns the points that each test cell should get, by student."""
    expected = {}
    bank = [entry for entry in read_bank(HOME / "tests" / course.lab / "class") if not (entry.hostile or entry.files)]
    for number in range(1, SIZE - len(WAYS) + 1):
        entry = bank[number % len(bank)]
        named = Entry(f"s{number:02}", entry.about, entry.base, answers=entry.answers, points=entry.points)
        hand_in(named, course)
        expected[named.name] = expected_points(named, course)
    right = Entry("right", "")
    tests = expected_points(right, course)
    for name, way in WAYS.items():
        course.submission(name).mkdir(parents=True)
        way.do(Right(right_notebooks(course), Random(name), course.submission(name)))
        lost = {test for number in way.refused for test in tests_of(course, number)}
        expected[name] = {test: 0.0 if test in lost else points for test, points in tests.items()}
    return expected


def right_notebooks(course: Course) -> dict[str, Notebook]:
    notebooks = {}
    for name, content in build(Entry("right", ""), course).items():
        notebook = json.loads(content)
        released = read_notebook(course.release / f"{name}.ipynb")
        stubs = {cell.id: cell.source for cell in released.cells}
        for cell in notebook["cells"]:
            cell["source"] = damage.text(cell)
        notebook["stubs"] = {damage.text(cell).strip(): stubs[cell["id"]] for cell in damage.answers(notebook)}
        notebook["given"] = {cell.source for cell in released.cells if not is_solution(cell)}
        notebooks[name] = notebook
    return notebooks


def tests_of(course: Course, number: int) -> list[str]:
    notebook = json.loads((course.source / f"{course.notebooks()[number - 1]}.ipynb").read_text())
    return [cell["id"] for cell in damage.tests(notebook)]


if __name__ == "__main__":
    home = open_course("lab03", HOME)
    hand_in_class(Course(home.home, Path(sys.argv[1]), home.lab))
