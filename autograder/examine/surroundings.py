"""What a plain test cell finds around it on our side: no standard input, its own output, and nothing that stays."""

from __future__ import annotations

import builtins
import contextlib
import functools
import inspect
import io
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from IPython.core.error import StdinNotImplementedError

MAX_PRINTED = 100_000  # characters that are kept


#: What gives a random generator another state, by library.
SEEDS = {
    "random": ("seed", "setstate"),
    "numpy.random": ("seed", "set_state"),
    "torch": ("manual_seed", "set_rng_state"),
}


@contextlib.contextmanager
def surroundings(
    folder: Path, source: Callable[[Any], str | None], seeded: Callable[[], None]
) -> Iterator[io.StringIO]:
    """Run a test cell inside, in a folder with the lab's files. Yields what it prints.

    `source` gives the source of a stand-in, None for anything else; `seeded` is called when the test seeds a random
    generator.

    What a test puts in the place of a builtin function, of standard input or output is taken away afterwards.
    Warnings are filtered as in a kernel, and what is shown of them is lost: a warning costs no points.
    """
    before, streams = dict(vars(builtins)), (sys.stdin, sys.stdout, sys.stderr)
    get_source: Any = inspect.getsource
    get_lines: Any = inspect.getsourcelines

    def source_of(thing: Any) -> str:
        found = source(thing)
        return get_source(thing) if found is None else found

    def lines_of(thing: Any) -> tuple[list[str], int]:
        found = source(thing)
        return get_lines(thing) if found is None else (found.splitlines(keepends=True), 0)

    printed = io.StringIO()
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), printed, io.StringIO()
    vars(builtins)["input"] = no_input
    vars(inspect).update(getsource=source_of, getsourcelines=lines_of)
    try:
        with warnings.catch_warnings():
            filter_as_in_a_kernel()
            with noticed(seeded), contextlib.chdir(folder):
                yield printed
    finally:
        vars(inspect).update(getsource=get_source, getsourcelines=get_lines)
        sys.stdin, sys.stdout, sys.stderr = streams
        vars(builtins).update(before)
        for name in set(vars(builtins)) - set(before):
            delattr(builtins, name)


def filter_as_in_a_kernel() -> None:
    warnings.resetwarnings()
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", kind)
    warnings.filterwarnings("default", category=DeprecationWarning, module="__main__")


def no_input(prompt: object = "") -> str:
    """`input` as it is in a kernel that nobody sits at, whatever stands for standard input."""
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


@contextlib.contextmanager
def noticed(seeded: Callable[[], None]) -> Iterator[None]:
    """Inside, `seeded` is called after each function of SEEDS."""
    before = [
        (sys.modules[library], name) for library, names in SEEDS.items() if library in sys.modules for name in names
    ]
    functions = [getattr(library, name) for library, name in before]

    def noticing(function: Any) -> Any:
        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            seeded()
            return function(*arguments, **named)

        return call

    for (library, name), function in zip(before, functions):
        setattr(library, name, noticing(function))
    try:
        yield
    finally:
        for (library, name), function in zip(before, functions):
            setattr(library, name, function)


def random_states() -> dict[str, Any]:
    """The states of the random generators here, by library, as plain values."""
    states: dict[str, Any] = {"random": random.getstate()}
    if "numpy" in sys.modules:
        kind, keys, *rest = sys.modules["numpy"].random.get_state()
        states["numpy"] = (kind, tuple(keys.tolist()), *rest)
    if "torch" in sys.modules:
        states["torch"] = bytes(sys.modules["torch"].get_rng_state().tolist())
    return states
