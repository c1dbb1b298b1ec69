"""Arrays, tensors and tables by value: numpy, pandas and torch, each only where it is loaded already.

`write` takes a value apart, into parts that values.py knows; `read` puts the parts together. Numbers cross as their
bytes, beside their type and shape, which have to agree with the number of bytes.
"""

from __future__ import annotations

import base64
import json
import math
import re
import sys
from typing import Any

NAMES = {
    "array", "scalar", "objects", "dtype", "tensor", "frame", "series", "index", "ranges", "levels", "column", "moment",
    "NaT", "NA", "duration", "library type",
}  # fmt: skip
CHANGING = {"array", "objects", "tensor", "frame", "series"}
SIMPLE = re.compile(r"[<>|=][biufcSUmM]\d{1,6}(\[\d{0,6}[a-zA-Z]{1,3}\])?")
PLAIN = {str, int, float, bool, type(None)}  # what JSON keeps as it is
TENSORS = {"float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"}
TYPES = {
    "numpy": {"ndarray", "float64", "float32", "int64", "int32", "bool", "bool_", "str_", "complex128", "integer",
              "floating", "number", "generic"},
    "pandas": {"DataFrame", "Series", "Index", "Timestamp", "Timedelta"},
    "torch": {"Tensor"},
}  # fmt: skip


def loaded(name: str) -> Any:
    return sys.modules.get(name)


def changes(value: Any) -> bool:
    """Whether a value that `write` takes apart can change."""
    return type(value).__name__ in ("ndarray", "Tensor", "DataFrame", "Series")


def write(value: Any) -> tuple[str, list[Any]] | None:
    """The name and the parts of an array, a table or one of their entries. None for anything else."""
    kind = type(value)
    if isinstance(value, type):
        for library, types in TYPES.items():
            for name in types:
                if loaded(library) and getattr(loaded(library), name, None) is value:
                    return "library type", [library, name]
        return None
    if numpy := loaded("numpy"):
        if kind is numpy.ndarray and value.dtype == object:
            return "objects", [value.shape, tuple(value.ravel().tolist())]
        if kind is numpy.ndarray and SIMPLE.fullmatch(value.dtype.str):
            return "array", [*array_parts(value)]
        if isinstance(value, numpy.generic) and kind.__module__ == "numpy" and SIMPLE.fullmatch(value.dtype.str):
            return "scalar", [value.dtype.str, base64.b64encode(value.tobytes()).decode()]
        if isinstance(value, numpy.dtype) and (value.kind == "O" or SIMPLE.fullmatch(value.str)):
            return "dtype", [value.str]
    if (torch := loaded("torch")) and kind is torch.Tensor:
        name = str(value.dtype).removeprefix("torch.")
        if name in TENSORS and value.layout is torch.strided and value.device.type == "cpu":
            raw = bytes(value.detach().contiguous().reshape(-1).view(torch.uint8).tolist()) if value.numel() else b""
            return "tensor", [name, tuple(value.shape), base64.b64encode(raw).decode(), value.requires_grad]
    if pandas := loaded("pandas"):
        return write_table(pandas, kind, value)
    return None


def write_table(pandas: Any, kind: type, value: Any) -> tuple[str, list[Any]] | None:
    if kind is pandas.DataFrame:
        columns = tuple(column_parts(pandas, value.iloc[:, place]) for place in range(value.shape[1]))
        return "frame", [value.index, value.columns, columns]
    if kind is pandas.Series:
        return "series", [value.index, value.name, *column_parts(pandas, value)]
    if kind is pandas.RangeIndex:
        return "ranges", [value.start, value.stop, value.step, value.name]
    if kind is pandas.MultiIndex:
        return "levels", [tuple(value.levels), tuple(tuple(row.tolist()) for row in value.codes), tuple(value.names)]
    if isinstance(value, pandas.Index):
        frequency = getattr(value, "freqstr", None) if kind is pandas.DatetimeIndex else None
        return "index", [value.name, frequency, *column_parts(pandas, value.to_series(index=range(len(value))))]
    if value is pandas.NaT:
        return "NaT", []
    if value is pandas.NA:
        return "NA", []
    if kind is pandas.Timestamp:
        return "moment", [value.isoformat(), value.tzinfo, value.unit]
    if kind is pandas.Timedelta:
        return "duration", [value.value, value.unit]
    return None


def array_parts(array: Any) -> tuple[Any, ...]:
    """The type, the shape and the bytes of an array."""
    return array.dtype.str, array.shape, base64.b64encode(array.tobytes()).decode()


def column_parts(pandas: Any, series: Any) -> tuple[Any, ...]:
    """The type of a column, and its entries. (They have no key: the table has one.)"""
    if isinstance(series.dtype, pandas.CategoricalDtype):
        codes = tuple(series.cat.codes.tolist())
        return "category", (codes, series.cat.categories, bool(series.cat.ordered))
    if isinstance(series.dtype, loaded("numpy").dtype) and SIMPLE.fullmatch(series.dtype.str):
        return "", array_parts(series.to_numpy())
    entries = series.tolist()
    if PLAIN.issuperset(map(type, entries)):  # in one piece, since texts by the thousand take long
        return str(series.dtype), json.dumps(entries)
    return str(series.dtype), tuple(entries)


def read(name: str, parts: list[Any]) -> Any:
    """The inverse of `write`. ValueError or TypeError for what it does not make."""
    if name == "library type":
        library, kind = parts
        if kind not in TYPES[library]:
            raise ValueError("an unknown type")
        return getattr(needed(library), kind)
    if name in ("array", "scalar", "objects", "dtype"):
        return read_array(name, parts)
    if name == "tensor":
        return read_tensor(parts)
    pandas = needed("pandas")
    if name == "frame":
        index, columns, content = parts
        data = {place: column(pandas, index, *each) for place, each in enumerate(content)}
        frame = pandas.DataFrame(data, index=index)
        frame.columns = columns
        return frame
    if name == "series":
        index, label, *content = parts
        return column(pandas, index, *content).rename(label)
    if name == "index":
        label, frequency, *content = parts
        found = pandas.Index(column(pandas, None, *content), name=label)
        if frequency:
            found.freq = frequency
        return found
    if name == "ranges":
        return pandas.RangeIndex(*parts[:3], name=parts[3])
    if name == "levels":
        levels, codes, names = parts
        return pandas.MultiIndex(levels, codes, names=names)
    if name == "moment":
        return pandas.Timestamp(parts[0]).tz_localize(None).tz_localize(parts[1]).as_unit(parts[2])
    if name == "duration":
        return pandas.Timedelta(parts[0], unit="ns").as_unit(parts[1])
    return {"NaT": pandas.NaT, "NA": pandas.NA}[name]


def needed(library: str) -> Any:
    """A library that is loaded here. A process that has not loaded it cannot have asked for its values."""
    if not loaded(library):
        raise ValueError(f"{library} is not loaded")
    return loaded(library)


def raw_bytes(kind: Any, shape: Any, text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if any(type(size) is not int or size < 0 for size in shape) or len(shape) > 30:
        raise ValueError("an array of another form")
    if math.prod(shape) * kind.itemsize != len(data):
        raise ValueError("an array whose shape does not agree with its size")
    return data


def read_array(name: str, parts: list[Any]) -> Any:
    numpy = needed("numpy")
    if name == "objects":
        shape, entries = parts
        found = numpy.empty(len(entries), dtype=object)
        for place, entry in enumerate(entries):
            found[place] = entry
        return found.reshape(shape)
    if parts[0] == "|O" and name == "dtype":
        return numpy.dtype(object)
    if not SIMPLE.fullmatch(parts[0]):
        raise ValueError("an array of an unknown type")
    kind = numpy.dtype(parts[0])
    if name == "dtype":
        return kind
    if name == "scalar":
        return numpy.frombuffer(raw_bytes(kind, [1], parts[1]), kind)[0]
    return numpy.frombuffer(raw_bytes(kind, parts[1], parts[2]), kind).reshape(parts[1]).copy()


def read_tensor(parts: list[Any]) -> Any:
    torch = needed("torch")
    name, shape, text, gradient = parts
    if name not in TENSORS:
        raise ValueError("a tensor of an unknown type")
    kind = getattr(torch, name)
    data = bytearray(raw_bytes(kind, shape, text))
    found = torch.frombuffer(data, dtype=kind).reshape(shape) if data else torch.empty(shape, dtype=kind)
    return found.requires_grad_(bool(gradient))


def column(pandas: Any, index: Any, kind: str, content: Any) -> Any:
    """A column of a table, from its type and entries."""
    if kind == "category":
        codes, categories, ordered = content
        return pandas.Series(pandas.Categorical.from_codes(codes, categories, ordered=ordered), index=index)
    if kind:
        entries = json.loads(content) if isinstance(content, str) else content
        if not isinstance(entries, list | tuple):
            raise ValueError("a column of another form")
        return pandas.Series(list(entries), index=index, dtype=kind)
    return pandas.Series(read_array("array", list(content)), index=index)


def refresh(old: Any, new: Any) -> Any:
    """Give what is known already the content of `new`. ValueError where its form has changed."""
    if type(old) is not type(new):
        raise ValueError("a value cannot change its type")
    if type(old).__name__ in ("DataFrame", "Series"):
        old._update_inplace(new)
    elif type(old).__name__ == "Tensor":
        with needed("torch").no_grad():
            old.copy_(new) if old.shape == new.shape else old.set_(new)
    elif old.shape == new.shape and old.dtype == new.dtype:
        if old.flags.writeable:
            old[...] = new
    else:
        raise ValueError("an array cannot change its shape")
    return old
