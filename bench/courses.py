"""How do the tests of public nbgrader courses judge behind the wall, and how in nbgrader's own way?

python -m bench.courses FOLDER: each folder in it is a course, as it was fetched. Of every master notebook its own
solutions, an empty submission, mutants of the solutions, and an object that answers yes to everything in the place of
every answer are graded twice: as this kit does, and with all tests beside the student's code, which is nbgrader's
way (but that what goes to the error output costs nothing). What counts are the test cells that pass in nbgrader's
way on the course's own solutions; those that are worth nothing get a point for this. The tests and the given code of
the courses run on this machine, so take such that you would run yourself.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from autograder.course import BESIDE
from bench.both_ways import Cell, measure

#: Folders of a course whose notebooks are no masters.
COPIES = {"release", "submitted", "autograded", "feedback", "docs", "tests", ".ipynb_checkpoints"}
SECONDS = 600.0  # for one notebook


def masters(course: Path) -> list[Path]:
    """The notebooks of a course with test cells, and with answers that are written."""
    return [
        path
        for path in sorted(course.rglob("*.ipynb"))
        if not COPIES & set(path.relative_to(course).parts[:-1]) and is_solved(path)
    ]


def is_solved(path: Path) -> bool:
    """Whether a notebook has tests, and solutions in most of its answers: student versions have nbgrader's stub."""
    try:
        cells = json.loads(path.read_text())["cells"]
        marks = [cell.get("metadata", {}).get("nbgrader", {}) for cell in cells]
        answers = ["".join(cell["source"]) for cell, own in zip(cells, marks) if own.get("solution")]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    tests = any(own.get("grade") and not own.get("solution") for own in marks)
    blank = [text for text in answers if "BEGIN SOLUTION" not in text and ("YOUR CODE" in text or "NotImpl" in text)]
    return tests and len(answers) > 2 * len(blank)


HEAD = [
    "course",
    "notebooks",
    "test cells",
    "same verdict",
    "beside",
    "more points",
    "always: nbgrader",
    "always: here",
    "always: here, where an empty answer fails",
]


def table(cells: list[Cell], notebooks: Counter[str]) -> str:
    """One line a course, and one of all."""
    lines = [f"| {' | '.join(HEAD)} |", f"|{'---|' * len(HEAD)}"]
    counting = [cell for cell in cells if cell.counts]
    for name in sorted({cell.course for cell in counting}):
        own = [cell for cell in counting if cell.course == name]
        lines.append(row(name.replace("+", "/"), notebooks[name], own))
    return "\n".join([*lines, *([row("all", notebooks.total(), counting)] if counting else [])])


def row(name: str, notebooks: int, cells: list[Cell]) -> str:
    fooled = [cell for cell in cells if cell.here.get("always") == cell.points]
    parts = [
        sum(cell.same for cell in cells),
        sum(cell.nbgrader.get("always") == cell.points for cell in cells),
        len(fooled),
    ]
    same, nbgrader, here = (f"{part} ({part / len(cells):.1%})" for part in parts)
    beside, more = sum(cell.way == BESIDE for cell in cells), sum(bool(cell.more) for cell in cells)
    asking = [cell for cell in cells if not cell.empty_passes]
    asked = f"{sum(not cell.empty_passes for cell in fooled)} of {len(asking)}"
    return f"| {' | '.join(map(str, (name, notebooks, len(cells), same, beside, more, nbgrader, here, asked)))} |"


def passed_by_always(cells: list[Cell]) -> str:
    """How many cells the object passes here: of all, and of those that ask something, which an empty answer fails."""
    counting = [cell for cell in cells if cell.counts]
    asking = [cell for cell in counting if not cell.empty_passes]
    shares = [
        f"{fooled} of {len(among)} ({fooled / len(among):.1%})" if among else "none"
        for among in (counting, asking)
        for fooled in [sum(cell.here.get("always") == cell.points for cell in among)]
    ]
    return f"The object that says yes passes {shares[0]}; of the cells that an empty answer fails, {shares[1]}."


def reasons(cells: list[Cell]) -> Iterator[str]:
    """What differs, and why, in lines; and how many verdicts there are."""
    counting = [cell for cell in cells if cell.counts]
    for cell in counting:
        place = f"{cell.course}, {cell.notebook}, {cell.name}"
        if cell.way == BESIDE:
            yield f"{place}: beside the student's code: {cell.reason[:150]}"
        elif cell.differing:
            kind = cell.differing[0]
            gave = f"{cell.nbgrader[kind]:g} in nbgrader's way, {cell.here.get(kind, 0):g} here"
            yield f"{place}: {', '.join(cell.differing)}: {gave}: {cell.said.get(kind, '')}"
        if cell.here.get("always") == cell.points:
            yield f"{place}: passed by the object that says yes"
        if cell.empty_passes:
            yield f"{place}: passed by an empty answer in nbgrader's way"
    verdicts = sum(len(cell.nbgrader) - 1 for cell in counting)
    yield f"{verdicts} verdicts, {sum(len(cell.differing) for cell in counting)} of them others here"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of courses")
    parser.add_argument("--only", default="", help="only courses with this text in their name")
    parser.add_argument("--most", type=int, default=1000, help="notebooks of a course, evenly taken (default: all)")
    parser.add_argument("--mutants", type=int, default=4, help="of a notebook (default: %(default)s)")
    parser.add_argument(
        "--keep", type=Path, help="a file for what was measured; what stands in it is not measured again"
    )
    options = parser.parse_args()
    known: dict[str, dict] = json.loads(options.keep.read_text()) if options.keep and options.keep.exists() else {}
    for course in sorted(path for path in options.folder.iterdir() if path.is_dir() and options.only in path.name):
        found = masters(course)
        step = max(1, -(-len(found) // options.most))
        for notebook in found[::step]:
            key = str(notebook.relative_to(options.folder))
            if key in known:
                continue
            # In a process of its own: tests may leave anything behind, or end it.
            with ProcessPoolExecutor(1, multiprocessing.get_context("forkserver")) as pool:
                try:
                    measured, why = pool.submit(measure, course.name, notebook, options.mutants).result(SECONDS)
                except Exception as error:  # whatever a course's own code does to its process
                    measured, why = [], f"came to no end ({type(error).__name__}: {str(error)[:150]})"
                    for process in list((pool._processes or {}).values()):
                        process.kill()
            known[key] = {"course": course.name, "why": why, "cells": [asdict(cell) for cell in measured]}
            print(
                f"{key}: {why or f'{sum(cell.counts for cell in measured)} of {len(measured)} test cells'}", flush=True
            )
            if options.keep:
                options.keep.write_text(json.dumps(known, indent=1))
    cells = [Cell(**cell) for each in known.values() for cell in each["cells"]]
    counts = Counter(each["course"] for each in known.values() if each["cells"])
    print("\n".join(["", *reasons(cells), "", table(cells, counts), passed_by_always(cells)]))


if __name__ == "__main__":
    main()
