"""One master notebook graded both ways: behind the wall, and with all tests beside the student's code."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
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
LIMITS = "c.Examine.submission_seconds = 120\n"


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
    def empty_passes(self) -> bool:
        """Whether it asks nothing: an empty answer passes in nbgrader's way, too."""
        return self.nbgrader.get("blank") == self.points

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


def measure(course: str, notebook: Path, mutants: int) -> tuple[list[Cell], str]:
    """Grade all kinds of submissions of one notebook both ways. Returns its test cells, or why there are none."""
    with tempfile.TemporaryDirectory(prefix="courses-") as folder:
        try:
            (lab,) = bring(Path(folder), notebook, "lab")
            with open(lab.course.home / "nbgrader_config.py", "a") as config:
                config.write(LIMITS)
            if lacking := not_installed(lab.packages):
                return [], f"needs {', '.join(lacking)}"
            give_worth(lab.course)
            generate(lab.course, Path(folder) / "new")
            shutil.copytree(Path(folder) / "new/lab", lab.course.release)
            profiles = empty_profiles(lab.course)
            if not profiles:
                return [], "has no plain test cells"
            return run_both(course, notebook.stem, lab.course, profiles, mutants), ""
        except CourseError as error:
            return [], str(error).replace(folder, "")[:150]


def give_worth(lab: Course) -> None:
    """Give a point to test cells that are worth none: else it would not show what they say."""
    for path in lab.source.glob("*.ipynb"):
        master = read_notebook(path)
        for cell in master.cells:
            if is_test(cell):
                cell.metadata.nbgrader.points = cell.metadata.nbgrader.points or 1
        nbformat.write(master, path)


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
            examiner = Examiner(lab, "bench", limits, recorded)
            return examiner.examine(server.spec, constant, "s01", handed_in(lab, answers), "")

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
