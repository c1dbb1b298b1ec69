"""How given cells use the student's work: whatever it does, they say what is missing, and the notebook goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from labtools.asking import Unanswered, Unwritten, ask, probe_calls
from labtools.expecting import CheckFailed
from labtools.unwritten import is_unwritten


class Unready(Exception):
    """The student's work gives nothing to go on with. Its message says why."""


@contextlib.contextmanager
def trying() -> Iterator[None]:
    """For the part of a given cell that uses the student's work.

    It ends quietly, with one line that says why, where something is not written yet, raises, takes too long, or gives
    what the cell cannot use.
    """
    try:
        yield
    except (Unready, Unwritten, CheckFailed) as missing:
        print(missing)
    except Unanswered as silent:
        print(f"Your code gave no answer: {silent}.")
    except NameError as missing:
        print(f"{missing}. Run the cell that defines it; that cell must end without an error.")
    except KeyboardInterrupt:
        print("This cell was interrupted.")
    except Exception as error:
        print(f"This cell cannot go on with what your code gave it: {type(error).__name__}: {str(error)[:300]}")


def written(**answers: Any) -> None:
    """Unready unless these answers, given by name, are there."""
    for name, value in answers.items():
        if value is None or is_unwritten(value):
            raise Unready(f"Not written yet: `{name}`. Complete its cell, then run this cell again.")


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function of the student returns for these arguments, by value: plain numbers, texts, lists and tensors.

    The function gets copies, so nothing of the notebook's own can be changed by it. Unready says why there is no
    result.
    """
    name = getattr(function, "__name__", "")
    (answer,) = ask(probe_calls, function, [arguments])
    if answer.error is not None:
        raise Unready(f"Your code raised {answer.raised}")
    if answer.value is None:
        what = f"`{name}` returns nothing" if name.isidentifier() else "There is no result"
        raise Unready(f"{what} (None): not written yet, or `return` is missing.")
    return answer.value
