"""Tools of the lab: checks that give points, questions to your code, and figures with a description.

A test cell collects named checks and ends with ``checks.score()``::

    checks = Checks(points=2)

    @checks.check("the minimum is flat", weight=1)
    def _():
        expect_close(call_many(gradient, [(8.0, 4.0)]), [[0.0, 0.0]], "The gradient at (8, 4) is not zero.")

    checks.score()

A check never touches your objects. It asks a *probe* to use them (see asking.py) and gets plain data
back (see plaindata.py), so the same check works whether your code runs in this notebook or elsewhere.
"""

from __future__ import annotations

try:
    import torch  # noqa: F401
except ModuleNotFoundError:
    if __name__ != "__main__":
        raise
    raise SystemExit(
        "PROBLEM: torch is not installed in this Python. Run `pip install -r requirements.txt` first."
    ) from None

from asking import Answer
from checks import (
    CheckFailed,
    Checks,
    agree,
    call_again,
    call_many,
    expect,
    expect_close,
    first_to_pass,
    numbers,
    random_numbers,
    read,
)
from differentiating import apply_function, derivatives, follows_through
from optimizing import descent, optimize
from showing import show, written
from stand_ins import STAND_INS, call_and_look, call_with

__all__ = [
    "STAND_INS",
    "Answer",
    "CheckFailed",
    "Checks",
    "agree",
    "apply_function",
    "call_again",
    "call_and_look",
    "call_many",
    "call_with",
    "derivatives",
    "descent",
    "expect",
    "expect_close",
    "first_to_pass",
    "follows_through",
    "numbers",
    "optimize",
    "random_numbers",
    "read",
    "show",
    "written",
]

if __name__ == "__main__":  # python -m labtools
    import sys
    from pathlib import Path

    from handin import main

    sys.exit(main(Path.cwd()))
