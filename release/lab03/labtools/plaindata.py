"""Plain data: the numbers, texts, lists and tensors by value that checks and student code exchange.

Nothing else crosses between them: no objects, no classes. So a check compares numbers that it owns, and no
overloaded comparison or subclass of a tensor can interfere. A function that a check lends crosses as a number
(see callbacks.py).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

MAX_NUMBERS = 100_000  # of one value
MAX_TEXT = 10_000  # characters
MAX_DEPTH = 20  # of nested lists
DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool")


def plain(value: Any, lend: Callable[[Any], int] | None = None, depth: int = 0) -> Any:
    """Turn a value into data that JSON can carry. TypeError or ValueError where that cannot be done.

    `lend` takes a function and gives the number under which it can be called from the other side.
    """
    if depth > MAX_DEPTH:
        raise ValueError("the value is nested too deeply")
    if value is None or type(value) in (bool, float):
        return value
    if type(value) is int:
        if abs(value) >= 2**63:
            raise ValueError("the whole number is too large")
        return value
    if type(value) is str:
        return value[:MAX_TEXT]
    if isinstance(value, (list, tuple)):
        if len(value) > MAX_NUMBERS:
            raise ValueError(f"the list has {len(value)} entries, at most {MAX_NUMBERS} are allowed")
        return [plain(entry, lend, depth + 1) for entry in value]
    if isinstance(value, dict):
        return {"dict": {str(key): plain(entry, lend, depth + 1) for key, entry in value.items()}}
    if hasattr(value, "__array__"):  # NumPy's arrays and scalars, tensors
        tensor = as_tensor(value)
        if (size := math.prod(tensor.shape)) > MAX_NUMBERS:
            raise ValueError(f"the tensor has {size} entries, at most {MAX_NUMBERS} are allowed")
        name = str(tensor.dtype).removeprefix("torch.")
        if name not in DTYPES:
            raise TypeError(f"a tensor of dtype {name} is not allowed here")
        return {"tensor": tensor.reshape(-1).tolist(), "shape": list(tensor.shape), "dtype": name}
    if type(value) in (Fraction, Decimal):
        return float(value)
    if lend and callable(value):
        return {"function": lend(value)}
    raise TypeError(f"an object of type {type(value).__name__} is neither a number nor a list nor a tensor")


def restore(data: Any, borrow: Callable[[int], Any] | None = None, depth: int = 0) -> Any:
    """The inverse of `plain`. ValueError for data that `plain` does not make.

    `borrow` takes the number of a function that the other side has lent, and gives what stands for it here.
    """
    if depth > MAX_DEPTH:
        raise ValueError("the value is nested too deeply")
    if data is None or isinstance(data, (bool, float)) or type(data) is int and abs(data) < 2**63:
        return data
    if isinstance(data, str):
        return data[:MAX_TEXT]
    if isinstance(data, list) and len(data) <= MAX_NUMBERS:
        return [restore(entry, borrow, depth + 1) for entry in data]
    if isinstance(data, dict) and set(data) == {"dict"} and isinstance(data["dict"], dict):
        return {key: restore(entry, borrow, depth + 1) for key, entry in data["dict"].items()}
    if isinstance(data, dict) and set(data) == {"tensor", "shape", "dtype"} and data["dtype"] in DTYPES:
        entries, shape = data["tensor"], data["shape"]
        flat = isinstance(entries, list) and all(isinstance(entry, (bool, int, float)) for entry in entries)
        sizes = isinstance(shape, list) and all(type(size) is int and size >= 0 for size in shape)
        if flat and sizes and len(shape) <= MAX_DEPTH and len(entries) == math.prod(shape) <= MAX_NUMBERS:
            try:
                return make_tensor(entries, data["dtype"]).reshape(shape)
            except (RuntimeError, OverflowError):
                raise ValueError("a tensor holds numbers that its dtype cannot hold") from None
    if borrow and isinstance(data, dict) and set(data) == {"function"} and type(data["function"]) is int:
        return borrow(data["function"])
    raise ValueError("the answer is not plain data")


def as_tensor(value: Any) -> Any:
    """A tensor, or an array where nothing has loaded torch."""
    if torch := sys.modules.get("torch"):
        return torch.as_tensor(value).detach()
    import numpy

    return numpy.asarray(value)


def make_tensor(entries: list[Any], dtype: str) -> Any:
    """A flat tensor, or an array where nothing has loaded torch. ValueError for a dtype that arrays do not have."""
    if torch := sys.modules.get("torch"):
        return torch.tensor(entries, dtype=getattr(torch, dtype))
    import numpy

    try:
        return numpy.array(entries, dtype=dtype)
    except TypeError:
        raise ValueError(f"an array cannot have the dtype {dtype}") from None


def is_array(value: Any) -> bool:
    """Whether a value is a tensor or an array, of a library that is loaded."""
    kinds = (("torch", "Tensor"), ("numpy", "ndarray"))
    return any(name in sys.modules and isinstance(value, getattr(sys.modules[name], kind)) for name, kind in kinds)
