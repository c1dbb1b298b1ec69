"""Signs that a program worked out a derivative that was asked for by hand: a person should look at that answer.

No points depend on them. A formula needs no automatic differentiation, and it is smooth: where its argument moves by
a billionth, the result moves along a straight line up to rounding. Differences over a small step h divide the
rounding of their function by h, and show it as noise.
"""

from __future__ import annotations

import contextlib
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from labtools.asking import Answer, Unanswered, ask, attempt, probe, probe_calls
from labtools.checks import Checks
from labtools.expecting import CheckFailed, numbers

#: PyTorch as it was before any answer ran, where the lab loads it first.
TORCH = sys.modules.get("torch")
NUDGE = 1e-9  # relative
ROUNDING = 1e-13  # of a formula in double precision, relative to numbers of size 1
NEEDS_AUTOGRAD = "where automatic differentiation is switched off, the answer raises {}"
NOISE = "the numbers have the noise of differences over a small step"


class NoAutograd(RuntimeError):
    """Automatic differentiation is switched off."""


@contextlib.contextmanager
def without_autograd() -> Iterator[None]:
    """While this lasts, PyTorch differentiates nothing: neither backward, nor forward, nor by `torch.func`."""

    class Off:
        def run_backward(self, *_: Any, **__: Any) -> Any:
            raise NoAutograd("automatic differentiation is switched off")

    def off(*_: Any, **__: Any) -> Any:
        raise NoAutograd("automatic differentiation is switched off")

    torch: Any = TORCH or sys.modules.get("torch")
    if torch is None:  # nothing here could differentiate with it
        yield
        return
    variable: Any = torch.autograd.Variable
    from torch._functorch import predispatch  # where all dual numbers are made; not in every version of PyTorch

    duals: Any = predispatch
    engine, make_dual = variable._execution_engine, duals._make_dual
    variable._execution_engine, duals._make_dual = Off(), off
    try:
        yield
    finally:
        variable._execution_engine, duals._make_dual = engine, make_dual


def call_without_autograd(function: Any, arguments: Sequence[Sequence[Any]]) -> list[Answer]:
    """Like `call_many`, while PyTorch differentiates nothing."""
    return ask(probe_without_autograd, function, list(arguments))


@probe
def probe_without_autograd(function: Any, arguments: list[Any]) -> list[Answer]:
    with without_autograd():
        return [attempt(function, *each) for each in arguments]


def needs_autograd(function: Any, arguments: Sequence[Sequence[Any]]) -> bool:
    """Whether calls that go well raise something where PyTorch differentiates nothing."""
    own = ask(probe_calls, function, list(arguments))
    return not any(answer.error for answer in own) and any(
        answer.error for answer in call_without_autograd(function, arguments)
    )


def note_signs(
    checks: Checks, call: Callable[[list[Any]], list[Answer]], inputs: Sequence[Any], nudge: Callable[[Any, float], Any]
) -> None:
    """Note what tells a program's derivative from a formula, of a function that has given right numbers for `inputs`.

    `call` asks the function while PyTorch differentiates nothing; `nudge(input, r)` is an input whose numbers are
    1 + r times as large.
    """
    with contextlib.suppress(Unanswered, CheckFailed):  # the function has passed: this may not fail its check
        answers = call([nudge(each, r) for each in inputs for r in (-NUDGE, 0.0, NUDGE)])
        if errors := [answer.error for answer in answers if answer.error]:
            checks.note(NEEDS_AUTOGRAD.format(errors[0]))
            return
        found = [numbers(answer) for answer in answers]
        triples = zip(found[::3], found[1::3], found[2::3])
        if any(_noise(*entries) for triple in triples for entries in zip(*triple)) and not all(map(_is_float32, found)):
            checks.note(NOISE)


def _noise(below: float, at: float, above: float) -> bool:
    return abs(below - 2 * at + above) > ROUNDING * (1 + abs(at))


def _is_float32(row: list[float]) -> bool:
    """Whether the numbers are those of single precision, whose rounding is noise of its own."""
    try:
        return all(struct.unpack("f", struct.pack("f", entry))[0] == entry for entry in row)
    except OverflowError:
        return False
