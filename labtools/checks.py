"""Named checks that give points, all of which run, each with a message for the student."""

from __future__ import annotations

import math
import os
import random
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from labtools import asking
from labtools.asking import Answer, Unanswered, Unwritten
from labtools.patterns import pattern
from labtools.plaindata import is_array
from labtools.stale import stale, stale_name


class CheckFailed(Exception):
    """Raised inside a check. Its message is shown to the student."""


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


def expect(condition: bool, message: str) -> None:
    """Fail the check with this message unless the condition holds."""
    if not condition:
        raise CheckFailed(message)


def numbers(answer: Answer | Any, count: int | None = None) -> list[float]:
    """The numbers in an answer, as a flat list of floats.

    Accepts numbers, lists, tuples and tensors alike. Fails the check if the call raised an
    exception, returned nothing, or returned another count of numbers than `count`.
    """
    if isinstance(answer, Answer):
        expect(answer.error is None, f"Your code raised {answer.raised}")
        answer = answer.value
    expect(answer is not None, "There is no result (None): not written yet, or `return` is missing.")
    flat = answer.reshape(-1).tolist() if is_array(answer) else _flatten(answer)
    if count is not None and len(flat) != count:
        wanted = "one number" if count == 1 else f"{count} numbers"
        raise CheckFailed(f"Expected {wanted}, got {len(flat)}{_parts(answer)}.")
    return [float(entry) for entry in flat]


def _parts(value: Any) -> str:
    """That a result is several things of different sizes, in words: a pair of a tensor and a number, say."""
    sizes = [len(numbers(part)) for part in value] if isinstance(value, (list, tuple)) else []
    return f": your code returns {len(sizes)} things, not one" if len(set(sizes)) > 1 else ""


def _flatten(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        expect(
            all(entry is not None for entry in value),
            "A part of the result is None: a variable was never set, or `return` is missing.",
        )
        return [number for entry in value for number in numbers(entry)]
    expect(isinstance(value, (bool, int, float)), f"Expected numbers, got a {type(value).__name__}.")
    return [value]


def agree(got: Sequence[float], wanted: Sequence[float], rtol: float = 1e-4, atol: float = 1e-6) -> bool:
    """Whether two lists of numbers agree: |got − wanted| ≤ atol + rtol·|wanted|, entry by entry.

    NaN agrees with nothing, an infinite number only with itself.
    """
    near = (a == b or abs(a - b) <= atol + rtol * abs(b) < math.inf for a, b in zip(got, wanted))
    return len(got) == len(wanted) and all(near)


def expect_close(
    answers: Sequence[Any],
    wanted: Sequence[Any],
    message: str,
    mistakes: dict[str, Sequence[Any]] | Callable[[], dict[str, Sequence[Any]]] | None = None,
    rtol: float = 1e-4,
    atol: float = 1e-6,
) -> None:
    """Fail unless every answer agrees with what is wanted.

    `mistakes` maps the explanation of a known mistake to what that mistake gives: when the answers
    agree with it everywhere, the explanation is the message. Else `message` is, with what the wrong numbers have
    in common. It may be a function that returns this dict,
    called only if the answers are wrong.
    """
    targets = [numbers(entry) for entry in wanted]
    expect(len(answers) == len(targets), f"Expected {len(targets)} entries, got {len(answers)}.")
    got = [numbers(answer, len(target)) for answer, target in zip(answers, targets)]
    if all(agree(a, b, rtol, atol) for a, b in zip(got, targets)):
        return
    known = mistakes() if callable(mistakes) else mistakes or {}
    for explanation, values in known.items():
        if all(agree(a, numbers(b), rtol, atol) for a, b in zip(got, values)):
            raise CheckFailed(explanation)
    raise CheckFailed(f"{message} {pattern(got, targets)}".strip())


#: Seed of the random inputs of the checks; a grader sets another one for each submission.
seed = os.environ.get("LABTOOLS_SEED", "0")


def random_numbers(name: str) -> random.Random:
    """A random generator for the inputs of one check: the same name gives the same numbers in one run."""
    return random.Random(f"{seed}/{name}")


def first_to_pass(*attempts: Any, vague: str) -> None:
    """Fail the check unless one of the attempts passes.

    An attempt is a function without arguments that may fail the check. The message is the most helpful one:
    not `vague`, and rather what is wrong than that something was raised.
    """
    failures = []
    for each in attempts:
        try:
            return each()
        except (CheckFailed, Unwritten) as failed:
            failures.append(str(failed))
    raised = ("Your code raised", "Not written")
    raise CheckFailed(min(failures, key=lambda text: 2 * (text == vague) + text.startswith(raised)))
