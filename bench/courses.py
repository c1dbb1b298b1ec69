"""How do the tests of public nbgrader courses judge behind the wall, and how in nbgrader's own way?

python -m bench.courses FOLDER: each folder in it is a course, as it was fetched. Of every master notebook its own
solutions, an empty submission, mutants of the solutions, and an object that answers yes to everything in the place of
every answer are graded twice: as this kit does, and with all tests beside the student's code, which is nbgrader's
way (but that what goes to the error output costs nothing). What counts are the test cells that pass in nbgrader's
way on the course's own solutions. The tests and the given code of the courses run on this machine, so take such that
you would run yourself.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat

from autograder.check import mutants_of
from autograder.course import (
    BEHIND,
    BESIDE,
    Course,
    CourseError,
    Profile,
    SubmissionResult,
    grade_id,
    is_solution,
    is_test,
    lab_packages,
    names_bound,
    not_installed,
    read_notebook,
    sandbox_limits,
    solution,
    time_limits,
    tools_folder,
    write_profiles,
)
from autograder.examine import Examiner, calm_libraries, draw_constant
from autograder.importing import bring
from autograder.intake import HandedIn
from autograder.release import empty_profiles, fill, generate
from autograder.sandbox import LEVELS, WarmServer, missing

ALWAYS = """
class Always:
    def same(self, *_, **__): return self
    def yes(self, *_, **__): return True
    __getitem__ = __call__ = __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = same
    __rtruediv__ = __pow__ = __mod__ = __abs__ = __neg__ = __round__ = __enter__ = same
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = yes
    def __getattr__(self, name): return self
    def __len__(self): return 1
    def __hash__(self): return 0
    def __iter__(self): return iter([self])
    def __float__(self): return 1.0
    def __int__(self): return 1
    def __exit__(self, *_): return False
"""
LIMITS = "c.Examine.cell_seconds = 10\nc.Examine.call_seconds = 5\nc.Examine.submission_seconds = 60\n"
#: Folders of a course whose notebooks are no masters.
COPIES = {"release", "submitted", "autograded", "feedback", "docs", "tests", ".ipynb_checkpoints"}
SECONDS = 600.0  # for one notebook


@dataclass
class Cell:
    """One test cell: where it runs, and what each submission got of its points, in nbgrader's way and here."""

    course: str
    notebook: str
    name: str
    points: float
    way: str = BEHIND
    reason: str = ""
    nbgrader: dict[str, float] = field(default_factory=dict)
    here: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it passes in nbgrader's way on the course's own solution."""
        return self.nbgrader.get("solution") == self.points

    @property
    def differing(self) -> list[str]:
        """The submissions with another verdict here, the object that says yes aside."""
        return [kind for kind, points in self.nbgrader.items() if kind != "always" and self.here.get(kind) != points]

    @property
    def same(self) -> bool:
        return self.way == BEHIND and not self.differing

    @property
    def more(self) -> list[str]:
        """The submissions that get more points here than in nbgrader's way."""
        return [kind for kind, points in self.nbgrader.items() if self.here.get(kind, 0.0) > points]


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


def measure(course: str, notebook: Path, mutants: int) -> tuple[list[Cell], str]:
    """Grade all kinds of submissions of one notebook both ways. Returns its test cells, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="courses-") as folder:
        try:
            (lab,) = bring(Path(folder), notebook, "lab")
            with open(lab.course.home / "nbgrader_config.py", "a") as config:
                config.write(LIMITS)
            if lacking := not_installed(lab.packages):
                return [], f"needs {', '.join(lacking)}"
            generate(lab.course, Path(folder) / "new")
            shutil.copytree(Path(folder) / "new/lab", lab.course.release)
            profiles = empty_profiles(lab.course)
            if not profiles:
                return [], "has no plain test cells"
            return run_both(course, notebook.stem, lab.course, profiles, mutants), ""
        except CourseError as error:
            return [], str(error).replace(folder, "")[:150]


def run_both(course: str, notebook: str, lab: Course, profiles: dict[str, Profile], mutants: int) -> list[Cell]:
    config, packages = lab.config(), lab_packages(lab)
    calm_libraries(packages)
    limits = time_limits(config)
    level = next(level for level in LEVELS if not missing(level))
    (master,) = [read_notebook(path) for path in lab.source.glob("*.ipynb")]
    points = {grade_id(cell): float(cell.metadata.nbgrader.points) for cell in master.cells if is_test(cell)}
    with WarmServer(lab.release, sandbox_limits(config), level, tools_folder(), packages) as server:
        constant = asyncio.run(draw_constant([master], server.spec, limits))

        def grade(answers: dict[str, str], recorded: dict[str, Profile] | None = None) -> SubmissionResult:
            examiner = Examiner(lab, "bench", limits, constant, recorded)
            return examiner.examine(server.spec, "s01", handed_in(lab, answers), "")

        solved = solutions(lab)
        fill(lab, profiles, lambda recorded, right: grade(solved if right else {}, recorded))
        made = submissions(solved, mutants)
        cells = {
            key: Cell(course, notebook, key.split("/", 1)[1], points[key.split("/", 1)[1]], each.way, each.reason)
            for key, each in profiles.items()
        }
        for kind, answers in made.items():
            put(cells, "here", kind, grade(answers))
        write_profiles(lab, {key: Profile(BESIDE, source=each.source) for key, each in profiles.items()})
        for kind, answers in made.items():
            put(cells, "nbgrader", kind, grade(answers))
    return list(cells.values())


def put(cells: dict[str, Cell], way: str, kind: str, result: SubmissionResult) -> None:
    for book in result.notebooks:
        for name, grade in book.cells.items():
            if cell := cells.get(f"{book.name}/{name}"):
                getattr(cell, way)[kind] = grade.points or 0.0
                if way == "here" and grade.checks:
                    cell.said[kind] = grade.checks[0].message[:150]


def solutions(lab: Course) -> dict[str, str]:
    """The master's solutions, by grade id."""
    return {
        grade_id(cell): solution(cell.source)
        for name in lab.notebooks()
        for cell in read_notebook(lab.source / f"{name}.ipynb").cells
        if is_solution(cell) and cell.cell_type == "code"
    }


def submissions(solved: dict[str, str], mutants: int) -> dict[str, dict[str, str]]:
    """Answers by grade id, of each kind of submission. Those that a kind leaves out are not written."""
    found: dict[str, dict[str, str]] = {"solution": solved, "blank": {}}
    made = [each for cell, source in solved.items() for each in mutants_of(cell, source)]
    for number, mutant in enumerate(made[:: max(1, len(made) // max(1, mutants))][:mutants], 1):
        found[f"mutant-{number}"] = solved | {mutant.cell: mutant.source}
    names = {cell: sorted(names_bound(source)) for cell, source in solved.items()}
    found["always"] = {
        cell: ALWAYS + "".join(f"{name} = Always()\n" for name in bound) for cell, bound in names.items()
    }
    return found


def handed_in(lab: Course, answers: dict[str, str]) -> HandedIn:
    files = {}
    for name in lab.notebooks():
        notebook = read_notebook(lab.release / f"{name}.ipynb")
        for cell in notebook.cells:
            if is_solution(cell) and grade_id(cell) in answers:
                cell.source = answers[grade_id(cell)]
        files[f"{name}.ipynb"] = nbformat.writes(notebook).encode()
    return HandedIn(files)


# ---------------------------------------------------------------------- the table


def table(cells: list[Cell], notebooks: Counter[str]) -> str:
    """One line a course, and one of all."""
    head = [
        "course",
        "notebooks",
        "test cells",
        "same verdict",
        "beside",
        "more points",
        "always: nbgrader",
        "always: here",
    ]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    counting = [cell for cell in cells if cell.counts]
    names = sorted({cell.course for cell in counting})
    for name in [*names, *(["all"] if names else [])]:
        own = [cell for cell in counting if name in (cell.course, "all")]
        same, beside = sum(cell.same for cell in own), sum(cell.way == BESIDE for cell in own)
        always = [sum(way.get("always") == cell.points for cell, way in ways) for ways in both(own)]
        books = sum(notebooks.values()) if name == "all" else notebooks[name]
        share = [f"{part} ({part / len(own):.1%})" for part in (same, *always)]
        row = [name, books, len(own), share[0], beside, sum(bool(cell.more) for cell in own), *share[1:]]
        lines.append(f"| {' | '.join(map(str, row))} |")
    return "\n".join(lines)


def both(cells: list[Cell]) -> tuple[list[tuple[Cell, dict[str, float]]], list[tuple[Cell, dict[str, float]]]]:
    """The cells that give points, with what they gave in nbgrader's way, and here."""
    own = [cell for cell in cells if cell.points]
    return [(cell, cell.nbgrader) for cell in own], [(cell, cell.here) for cell in own]


def reasons(cells: list[Cell]) -> Iterator[str]:
    """What differs, and why, in lines."""
    for cell in cells:
        place = f"{cell.course}, {cell.notebook}, {cell.name}"
        if cell.counts and cell.way == BESIDE:
            yield f"{place}: beside the student's code: {cell.reason[:150]}"
        elif cell.counts and cell.differing:
            kind = cell.differing[0]
            gave = f"{cell.nbgrader[kind]:g} in nbgrader's way, {cell.here.get(kind, 0):g} here"
            yield f"{place}: {', '.join(cell.differing)}: {gave}: {cell.said.get(kind, '')}"
        if cell.counts and cell.nbgrader.get("blank") == cell.points and cell.points:
            yield f"{place}: a blank passes in nbgrader's way"


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
    print("\n".join(["", *reasons(cells), "", table(cells, counts)]))


if __name__ == "__main__":
    main()
