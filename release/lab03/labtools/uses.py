"""What may be asked of a student's object beside its attributes, and what the student's side needs to answer."""

from __future__ import annotations

import contextlib
import copy
import inspect
import io
import operator
import random
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from labtools.values import Values

MAX_PRINTED = 100_000  # characters of one request
MAX_WARNINGS = 100  # of one request
FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.MethodWrapperType,
    types.WrapperDescriptorType,
    types.MethodDescriptorType,
)
#: Methods that Python looks for in the class of an object: those of them that a class has go into its description.
SPECIAL = [
    "call", "getitem", "setitem", "delitem", "len", "contains", "iter", "next", "reversed", "lt", "le", "gt", "ge",
    "add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift",
    "divmod", "radd", "rsub", "rmul", "rtruediv", "rfloordiv", "rmod", "rpow", "rmatmul", "rand", "ror", "rxor",
    "rlshift", "rrshift", "rdivmod", "iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "imatmul",
    "iand", "ior", "ixor", "neg", "pos", "abs", "invert", "int", "float", "complex", "index", "round", "trunc",
    "floor", "ceil", "enter", "exit", "array", "getattr", "getattribute",
]  # fmt: skip
GENERAL: dict[str, Callable[..., Any]] = {
    "eq": operator.eq, "ne": operator.ne, "bool": bool, "hash": hash, "str": str, "repr": repr, "format": format,
    "len": len, "contains": operator.contains, "iter": iter, "next": next, "dir": dir, "copy": copy.copy,
    "deepcopy": copy.deepcopy, "source": inspect.getsource,
}  # fmt: skip


class Printed(io.TextIOBase):
    """Takes what is printed, up to a limit."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) < MAX_PRINTED:
            self.text += text[: MAX_PRINTED - len(self.text)]
        return len(text)


@contextlib.contextmanager
def noted_warnings(every: bool) -> Iterator[list[tuple[int, Warning]]]:
    """Inside, warnings are noted with their lines and not shown: all, or those that the student's own filters let pass.

    The list is complete afterwards.
    """
    noted: list[tuple[int, Warning]] = []
    with warnings.catch_warnings(record=True) as found:
        if every:
            warnings.simplefilter("always")
        yield noted
    noted += [(each.lineno, each.message) for each in found if isinstance(each.message, Warning)]


def origin(value: Any) -> list[str]:
    """Where a function or a class can be imported from, as far as it knows."""
    module = getattr(value, "__module__", None) or ("numpy" if type(value).__name__ == "ufunc" else None)
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    return [module, name] if isinstance(module, str) and isinstance(name, str) else []


def has_special(kind: type, name: str) -> bool:
    full = f"__{name}__"
    return any(each.__dict__.get(full) is not None for each in kind.__mro__ if each is not object)


def iterate(following: Callable[[], Any]) -> Iterator[Any]:
    """Go through an iterator of the grader's test."""
    while True:
        try:
            value = following()
        except StopIteration:
            return
        yield value


def seed(states: list[Any] | None, values: Values) -> None:
    """Give the random generators the states that a test has given its own. (The first entry is their names.)"""
    if not states:
        return
    names, *rest = map(values.decode, states)
    for name, state in zip(names, rest, strict=True):
        if name == "random":
            random.setstate(state)
        elif name == "numpy" and "numpy" in sys.modules:
            sys.modules["numpy"].random.set_state(state)
        elif name == "torch" and "torch" in sys.modules:
            torch = sys.modules["torch"]
            torch.set_rng_state(torch.tensor(list(state), dtype=torch.uint8))
