"""Named checks that give points, all of which run, each with a message for the student."""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch

from labtools.asking import Answer, Unanswered, ask, probe_calls, probe_repeated_calls, probe_value
from labtools.patterns import pattern


class CheckFailed(Exception):
    """Raised inside a check. Its message is shown to the student."""


class Result(NamedTuple):
    """The outcome of one check. `earned` is `weight` (in points) or 0."""

    name: str
    weight: float
    earned: float
    message: str


class Checks:
    """The checks of one test cell: all of them run, each earns its weight in points or nothing."""

    def __init__(self, points: float) -> None:
        self.points = points
        self.checks: list[tuple[str, float, Callable[[], None]]] = []
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

    def score(self) -> float:
        """Run all checks, print what each found, and return the points earned."""
        self.results, self.notes = [], []
        for name, weight, function in self.checks:
            message = explain(function)
            self.results.append(Result(name, weight, 0.0 if message else weight, message))
        for result in self.results:
            print(f"[{'failed' if result.message else 'passed'}] {result.earned:g}/{result.weight:g}  {result.name}")
            if result.message:
                print(f"         {result.message}")
        earned = round(sum(result.earned for result in self.results), 6)
        rest = round(self.points - sum(result.weight for result in self.results), 6)
        more = f" {rest:g} more can be earned by checks that run when the lab is graded." if rest > 0 else ""
        print(f"{earned:g} of {self.points:g} points.{more}")
        return float(earned)


MAX_EXPLANATION = 1000  # characters


def explain(check: Callable[[], None]) -> str:
    """Run one check. Returns the empty text if it passes, otherwise what went wrong, for the student."""
    try:
        check()
        return ""
    except CheckFailed as failed:
        return str(failed)[:MAX_EXPLANATION]
    except NameError as missing:
        return f"{str(missing)[:200]}. Run the cell that defines it; that cell must end without an error."
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
        expect(answer.error is None, f"Your code raised {answer.error}: {answer.message}")
        answer = answer.value
    expect(answer is not None, "There is no result (None): not written yet, or `return` is missing.")
    flat = answer.reshape(-1).tolist() if isinstance(answer, torch.Tensor) else _flatten(answer)
    wanted = "one number" if count == 1 else f"{count} numbers"
    expect(count is None or len(flat) == count, f"Expected {wanted}, got {len(flat)}{_parts(answer)}.")
    return [float(entry) for entry in flat]


def _parts(value: Any) -> str:
    """That a result is several things of different sizes, in words: a pair of a tensor and a number, say."""
    sizes = [len(numbers(part)) for part in value] if isinstance(value, (list, tuple)) else []
    return f": your code returns {len(sizes)} things, not one" if len(set(sizes)) > 1 else ""


def _flatten(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
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


def call_many(function: Any, arguments: Sequence[Sequence[Any]]) -> list[Answer]:
    """One answer for each tuple of arguments."""
    answers = ask(probe_calls, function, list(arguments))
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    return answers


def call_again(function: Any, arguments: Sequence[Any], times: int = 2) -> list[Answer]:
    """Call several times with the same argument objects: the answers differ if a call changed them."""
    answers = ask(probe_repeated_calls, function, list(arguments), times)
    expect(len(answers) == times, "Your code gave no complete answer.")
    return answers


def read(value: Any) -> Any:
    """The plain data in a variable of the student."""
    answers = ask(probe_value, value)
    expect(len(answers) == 1, "Your code gave no complete answer.")
    expect(answers[0].error is None, f"This variable cannot be used: {answers[0].message}.")
    return answers[0].value


def first_to_pass(*attempts: Any, vague: str) -> None:
    """Fail the check unless one of the attempts passes.

    An attempt is a function without arguments that may fail the check. The message is the most helpful one:
    not `vague`, and rather what is wrong than that something was raised.
    """
    failures = []
    for each in attempts:
        try:
            return each()
        except CheckFailed as failed:
            failures.append(str(failed))
    raise CheckFailed(min(failures, key=lambda text: 2 * (text == vague) + text.startswith("Your code raised")))
