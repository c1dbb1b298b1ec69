"""Tools of the lab: checks that give points, questions to your code, and figures with a description.

A test cell collects named checks and ends with ``checks.score()``::

    checks = Checks(points=2)

    @checks.check("the minimum is flat", weight=1)
    def _():
        expect_close(call_many(gradient, [(8.0, 4.0)]), [[0.0, 0.0]], "The gradient at (8, 4) is not zero.")

    checks.score()

A check never touches your objects. It asks a *probe* to use them (see asking.py) and gets plain data
back (see plaindata.py), so the same check works whether your code runs in this notebook or elsewhere.

A lab adds packages of its own to this one. In a release they lie in this folder; among the masters, in a folder
`labtools` beside them.
"""

from __future__ import annotations

from pkgutil import extend_path

from labtools.asking import Answer, Unanswered
from labtools.byhand import call_without_autograd, needs_autograd, note_signs
from labtools.calling import call_many, read
from labtools.checks import Checks, random_numbers
from labtools.expecting import CheckFailed, agree, expect, expect_close, first_to_pass, numbers
from labtools.functions import apply_function
from labtools.names import Names, names
from labtools.patterns import pattern
from labtools.showing import show
from labtools.stale import watch
from labtools.summary import summary
from labtools.trying import call, trying, written

__all__ = [
    "Answer",
    "CheckFailed",
    "Checks",
    "Names",
    "Unanswered",
    "agree",
    "apply_function",
    "call",
    "call_many",
    "call_without_autograd",
    "expect",
    "expect_close",
    "first_to_pass",
    "names",
    "needs_autograd",
    "note_signs",
    "numbers",
    "pattern",
    "random_numbers",
    "read",
    "show",
    "summary",
    "trying",
    "written",
]

__path__ = extend_path(__path__, __name__)
watch()
