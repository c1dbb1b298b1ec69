"""The student's functions called, and variables read: what most checks ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from labtools.asking import Answer, ask, probe_calls, probe_value
from labtools.expecting import expect


def call_many(function: Any, arguments: Sequence[Sequence[Any]]) -> list[Answer]:
    """One answer for each tuple of arguments."""
    answers = ask(probe_calls, function, list(arguments))
    expect(len(answers) == len(arguments), "Your code gave no complete answer.")
    return answers


def read(value: Any) -> Any:
    """The plain data in a variable of the student."""
    answers = ask(probe_value, value)
    expect(len(answers) == 1, "Your code gave no complete answer.")
    expect(answers[0].error is None, f"This variable cannot be used: {answers[0].message}.")
    expect(answers[0].value is not None, "There is no value (None): not written yet.")
    return answers[0].value
