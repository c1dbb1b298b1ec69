"""How values are taken apart and put together: one form for each type that crosses between a test and student code."""

from __future__ import annotations

import base64
import builtins
import collections
import datetime
import decimal
import fractions
import io
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

MAX_COLLISIONS = 1000  # keys of a dict or a set that have the hash of another


class Form(NamedTuple):
    """How values of one type are taken apart, and put together from the same parts."""

    apart: Callable[[Any], Iterable[Any]]
    together: Callable[..., Any]


class Changing(NamedTuple):
    """The same for what can change: an empty one is made first, and then filled, now and whenever it has changed."""

    apart: Callable[[Any], Iterable[Any]]
    empty: Callable[..., Any]
    fill: Callable[[Any, list[Any]], None]
    fixed: Callable[[Any], Iterable[Any]] = lambda value: ()  # what `empty` has to know


def pairs(mapping: Any) -> list[Any]:
    return [part for pair in mapping.items() for part in pair]


def unpaired(parts: Iterable[Any]) -> dict[Any, Any]:
    parts = list(parts)
    hashable(parts[::2])
    return dict(zip(parts[::2], parts[1::2], strict=True))


def hashable(parts: list[Any]) -> list[Any]:
    """The same. ValueError where a dict or a set of them would take time that grows with their square."""
    if len(parts) - len({hash(part) for part in parts}) > MAX_COLLISIONS:
        raise ValueError("too many keys have the same hash")
    return parts


def refill(mapping: Any, parts: list[Any]) -> None:
    found = unpaired(parts)
    mapping.clear()
    for key, value in found.items():
        mapping[key] = value


def refill_set(value: set[Any], parts: list[Any]) -> None:
    value.clear()
    value.update(hashable(parts))


def refill_default(value: Any, parts: list[Any]) -> None:
    value.default_factory = parts[0]
    refill(value, parts[1:])


def refill_stream(stream: Any, parts: list[Any]) -> None:
    content, position = parts
    stream.seek(0)
    stream.truncate()
    stream.write(content)
    stream.seek(position)


def refill_sequence(value: Any, parts: Iterable[Any]) -> None:
    value.clear()
    value.extend(parts)


def decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def iso(value: Any) -> list[Any]:
    zone = value.tzinfo
    return [value.replace(tzinfo=None).isoformat(), zone, value.fold]


def from_iso(kind: Any) -> Callable[..., Any]:
    return lambda text, zone, fold: kind.fromisoformat(text).replace(tzinfo=zone, fold=fold)


FORMS: dict[type, Form] = {
    complex: Form(lambda value: (value.real, value.imag), complex),
    bytes: Form(lambda value: [encoded(value)], decoded),
    tuple: Form(lambda value: value, lambda *parts: parts),
    frozenset: Form(lambda value: value, lambda *parts: frozenset(hashable(list(parts)))),
    range: Form(lambda value: (value.start, value.stop, value.step), range),
    slice: Form(lambda value: (value.start, value.stop, value.step), slice),
    decimal.Decimal: Form(lambda value: [str(value)], decimal.Decimal),
    fractions.Fraction: Form(lambda value: (value.numerator, value.denominator), fractions.Fraction),
    datetime.date: Form(lambda value: [value.isoformat()], datetime.date.fromisoformat),
    datetime.datetime: Form(iso, from_iso(datetime.datetime)),
    datetime.time: Form(iso, from_iso(datetime.time)),
    datetime.timedelta: Form(lambda value: (value.days, value.seconds, value.microseconds), datetime.timedelta),
    datetime.timezone: Form(lambda value: [value.utcoffset(None)], datetime.timezone),
    zoneinfo.ZoneInfo: Form(lambda value: [value.key], zoneinfo.ZoneInfo),
    type(...): Form(lambda value: (), lambda: ...),
    type(NotImplemented): Form(lambda value: (), lambda: NotImplemented),
    type({}.keys()): Form(lambda value: value, lambda *parts: dict.fromkeys(hashable(list(parts))).keys()),
    type({}.values()): Form(lambda value: value, lambda *parts: dict(enumerate(parts)).values()),
    type({}.items()): Form(lambda value: pairs(dict(value)), lambda *parts: unpaired(parts).items()),
}
CHANGING: dict[type, Changing] = {
    list: Changing(lambda value: value, list, refill_sequence),
    bytearray: Changing(
        lambda value: [encoded(value)], bytearray, lambda v, parts: refill_sequence(v, decoded(*parts))
    ),
    set: Changing(lambda value: value, set, refill_set),
    dict: Changing(pairs, dict, refill),
    collections.OrderedDict: Changing(pairs, collections.OrderedDict, refill),
    collections.Counter: Changing(pairs, collections.Counter, refill),
    collections.defaultdict: Changing(
        lambda value: [value.default_factory, *pairs(value)], collections.defaultdict, refill_default
    ),
    collections.deque: Changing(
        lambda value: value,
        lambda longest: collections.deque(maxlen=longest),
        refill_sequence,
        lambda value: [value.maxlen],
    ),
    io.StringIO: Changing(lambda value: (value.getvalue(), value.tell()), io.StringIO, refill_stream),
    io.BytesIO: Changing(lambda value: (value.getvalue(), value.tell()), io.BytesIO, refill_stream),
}
NAMES = {kind: f"{kind.__module__}.{kind.__qualname__}" for kind in (*FORMS, *CHANGING)}
BY_NAME: dict[str, type] = {name: kind for kind, name in NAMES.items()}
#: Classes that are the same on both sides, and that do no harm when they are called.
CLASSES: dict[str, type] = {
    f"{kind.__module__}.{kind.__qualname__}": kind
    for kind in (*FORMS, *CHANGING, *(bool, int, float, str, object, type(None), type, zip, map, filter, enumerate))
} | {f"builtins.{name}": kind for name, kind in vars(builtins).items()
     if isinstance(kind, type) and issubclass(kind, BaseException)}  # fmt: skip
CLASS_NAMES = {kind: name for name, kind in CLASSES.items()}


def is_named(kind: type) -> bool:
    """Whether this is the class of a named tuple, and nothing more."""
    return kind.__bases__ == (tuple,) and type(kind.__dict__.get("_fields")) is tuple
