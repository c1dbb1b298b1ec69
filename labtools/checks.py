"""Named checks that give points, all of which run, each with a message for the student."""

from __future__ import annotations

import os
import random
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

from labtools import asking
from labtools.asking import Unanswered, Unwritten
from labtools.expecting import CheckFailed
from labtools.stale import stale, stale_name


class Result(NamedTuple):
    """The outcome of one check. `earned` is `weight` (in points) or 0."""

    name: str
    weight: float
    earned: float
    message: str


class Points(float):
    """Points as a notebook shows them: not at all, since the line above has said them. nbgrader reads the number."""

    def _repr_html_(self) -> str:
        return ""


class Checks:
    """The checks of one test cell: all of them run, each earns its weight in points or nothing."""

    def __init__(self, points: float) -> None:
        self.points = points
        self.checks: list[tuple[str, float, Callable[[], None]]] = []
        self.asides: list[Callable[[], str | None]] = []
        self.results: list[Result] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Note, once, what a person who grades should know of the answer. It costs no points."""
        if text not in self.notes:
            self.notes.append(text)

    def check(self, name: str, weight: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """Decorator: add a check. It fails by raising, see `expect`."""

        def add(function: Callable[[], None]) -> Callable[[], None]:
            self.checks.append((name, weight, function))
            return function

        return add

    def aside(self, function: Callable[[], str | None]) -> Callable[[], str | None]:
        """Decorator: add what helps the student and bears on no points. It is run in a notebook, not in grading.

        What it returns is printed; if it fails like a check, its message is.
        """
        self.asides.append(function)
        return function

    def score(self) -> float:
        """Run all checks, print what each found, and return the points earned."""
        self.results, self.notes = [], []
        for name, weight, function in self.checks:
            message = explain(function)
            self.results.append(Result(name, weight, 0.0 if message else weight, message))
        for result in self.results:
            print(f"[{'failed' if result.message else 'passed'}] {result.earned:g}/{result.weight:g}  {result.name}")
            if result.message:
                print(in_lines(result.message))
        earned = round(sum(result.earned for result in self.results), 6)
        rest = round(self.points - sum(result.weight for result in self.results), 6)
        more = f" {rest:g} more can be earned by checks that run when the lab is graded." if rest > 0 else ""
        if not asking.bridge:  # in a notebook
            told = {look(result.message) for result in self.results}
            print("".join(f"{said}\n" for said in map(remark, self.asides) if said and said not in told), end="")
            latest[tuple(function.__code__ for _, _, function in self.checks)] = self
        print(f"{earned:g} of {self.points:g} points.{more}")
        return float(earned) if asking.bridge else Points(earned)


#: The test cells that were run in this notebook, each as it was run last.
latest: dict[tuple[Any, ...], Checks] = {}


def in_lines(message: str) -> str:
    """A message in lines of a length that no page breaks, below the name of its check."""
    return textwrap.fill(message, 100, initial_indent=" " * 9, subsequent_indent=" " * 9, break_on_hyphens=False)


MAX_EXPLANATION = 1000  # characters


def look(message: str) -> str:
    """What an aside found, as it is printed."""
    return f"[look]   {in_lines(message).strip()}"


def remark(aside: Callable[[], str | None]) -> str:
    """What an aside says. Nothing where there is no answer to speak of: the checks have said that."""
    try:
        return aside() or ""
    except CheckFailed as failed:
        return look(str(failed)[:MAX_EXPLANATION])
    except (NameError, Unwritten, Unanswered):
        return ""


def explain(check: Callable[[], None]) -> str:
    """Run one check. Returns the empty text if it passes, otherwise what went wrong, for the student."""
    if old := stale_name(check):
        ended = f"The cell that defines `{old}` ended in {stale[old]} when it was last run."
        return f"{ended} Mend it and run it again: what it defined before is not judged."
    try:
        check()
        return ""
    except CheckFailed as failed:
        return str(failed)[:MAX_EXPLANATION]
    except NameError as missing:
        return f"{str(missing)[:200]}. Run the cell that defines it; that cell must end without an error."
    except Unwritten as missing:
        return str(missing)
    except Unanswered as silent:
        return f"Your code gave no answer: {silent}."
    except Exception as fault:  # the check itself is at fault: no points, and said so
        return f"This check could not be carried out ({type(fault).__name__}). Please tell the course staff."


#: Seed of the random inputs of the checks; a grader sets another one for each submission.
seed = os.environ.get("LABTOOLS_SEED", "0")


def random_numbers(name: str) -> random.Random:
    """A random generator for the inputs of one check: the same name gives the same numbers in one run."""
    return random.Random(f"{seed}/{name}")
