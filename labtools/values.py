"""Values as data: what a plain test cell and the student's code exchange, each kept as its type.

A number, text, list, set or date becomes data that JSON can carry, and on the other side a value of the same type
with the same content (forms.py, and tables.py for arrays and tables). What can change (a list, an array) has a key:
both sides know it by that key, so it stays one thing however often it crosses, and changes of one side can be made on
the other. What has no value, such as a function, is left to the two hooks of `Values`; they may have an object cross
by its state (`instance`), which is then shared: both sides know it by its key. Nothing is unpickled or evaluated.
"""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from labtools import tables
from labtools.forms import BY_NAME, CHANGING, CLASS_NAMES, CLASSES, FORMS, NAMES, is_named
from labtools.instances import set_state, state_of
from labtools.keys import Keys

MAX_PARTS = 1_000_000  # of one message, all that it holds together
MAX_SIZE = 15_900_000  # characters of its texts and arrays
MAX_DEPTH = 100
MAX_DIGITS = 25_000  # of a whole number, hexadecimal
MAX_RECEIVED = 60_000_000  # of all messages until what they brought is forgotten: parts, and characters of texts


class Values(Keys):
    """One side's end: turns values into data and back.

    `refer` gives the data for what has no value (a list that begins with a text), `resolve` what such data stands for.
    """

    def __init__(self, refer: Callable[[Any], list[Any]], resolve: Callable[[str, list[Any]], Any], step: int) -> None:
        self._refer, self._resolve = refer, resolve
        super().__init__(step)
        self._received = 0
        self._named: dict[tuple[str, tuple[str, ...]], type] = {}  # classes of named tuples
        self.begin()

    def begin(self) -> None:
        """From here on a new message: what can change is written once in each."""
        self._parts = self._size = self._depth = 0
        self._written: set[int] = set()

    @contextlib.contextmanager
    def undone(self) -> Iterator[None]:
        """Inside: if the value turns out to be too large, nothing of it counts as written."""
        before = set(self._written)
        try:
            yield
        except Exception:
            self._written = before
            raise

    def forget(self) -> None:
        """Forget what can change: it will be another thing when it crosses again."""
        self._forget()
        self._received = 0

    @property
    def written(self) -> list[int]:
        """The keys of what can change in this message."""
        return sorted(self._written)

    def instance(self, value: Any, origin: list[str]) -> list[Any]:
        """An object by its state, as data; from now on it is shared.

        `origin`: the module and the name of its class, unless the other side has the object already.
        """
        key = self.key(value)
        self._shared.add(key)
        if key in self._written:
            return ["same", key]
        self._written.add(key)
        state = state_of(value)
        return ["instance", key, origin, list(state), [self.encode(part) for part in state.values()]]

    def spend(self, size: int) -> None:
        self._size += size
        if self._size > MAX_SIZE:
            raise ValueError(f"the value takes more than {MAX_SIZE} bytes")

    def encode(self, value: Any) -> Any:
        """A value as data. ValueError if it is too large or nested too deeply."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise ValueError(f"the value has more than {MAX_PARTS} parts")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is str:
            self.spend(len(value))
            return value
        if kind is int:
            if -(2**63) <= value < 2**63:
                return value
            text = hex(value)
            if len(text) > MAX_DIGITS:
                raise ValueError("the whole number is too large")
            self.spend(len(text))
            return ["int", text]
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError("the value is nested too deeply")
        try:
            return self._encode(kind, value)
        finally:
            self._depth -= 1

    def _encode(self, kind: type, value: Any) -> list[Any]:
        if kind in FORMS:
            return [NAMES[kind], *map(self.encode, FORMS[kind].apart(value))]
        if kind in CHANGING:
            form, key = CHANGING[kind], self.key(value)
            if key in self._written:
                return ["same", key]
            self._written.add(key)
            fixed = [self.encode(part) for part in form.fixed(value)]
            return [NAMES[kind], key, fixed, [self.encode(part) for part in form.apart(value)]]
        if isinstance(value, type) and value in CLASS_NAMES:
            return ["type", CLASS_NAMES[value]]
        if isinstance(value, type) and is_named(value):
            return ["named class", *self._name(value)]
        if is_named(kind):
            return ["named", *self._name(kind), [self.encode(part) for part in tuple.__iter__(value)]]
        found = tables.write(value)
        if found is None:
            return self._refer(value)
        name, parts = found
        if not tables.changes(value):
            return [name, *map(self.encode, parts)]
        key = self.key(value)
        if key in self._written:
            return ["same", key]
        self._written.add(key)
        return [name, key, *map(self.encode, parts)]

    def _name(self, kind: Any) -> list[Any]:
        fields = tuple(kind._fields)
        self._named[kind.__name__, fields] = kind
        return [kind.__name__, list(fields)]

    def decode(self, data: Any) -> Any:
        """The value in this data. ValueError or another error of arithmetic for what `encode` does not make."""
        self._received += len(data) if isinstance(data, str) else 1
        if self._received > MAX_RECEIVED:
            raise ValueError("the values are too many")
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        if not isinstance(data, list) or not data or type(data[0]) is not str:
            raise ValueError("this is no value")
        self._depth += 1
        if self._depth > MAX_DEPTH + 10:
            raise ValueError("the value is nested too deeply")
        try:
            return self._decode(*data)
        finally:
            self._depth -= 1

    def _decode(self, name: str, *parts: Any) -> Any:
        if name == "int":
            if len(parts[0]) > MAX_DIGITS:
                raise ValueError("the whole number is too large")
            return int(parts[0], 16)
        if name == "same":
            return self._objects[parts[0]]
        if name == "type":
            return CLASSES[parts[0]]
        if name in ("named", "named class"):
            kind = self._named_class(*parts[:2])
            return kind if name == "named class" else kind(*map(self.decode, parts[2]))
        if name in BY_NAME:
            kind = BY_NAME[name]
            if kind in FORMS:
                return FORMS[kind].together(*map(self.decode, parts))
            key, fixed, content = parts
            return self._refreshed(kind, key, fixed, content)
        if name in tables.NAMES:
            return self._table(name, parts)
        if name == "instance":
            return self._instance(*parts)
        return self._resolve(name, list(parts))

    def _instance(self, key: int, origin: list[str], names: list[str], content: list[Any]) -> Any:
        value = self._objects.get(key)
        if value is None:
            value = self._resolve("instance", origin)
            self._keep(key, value)
            self._shared.add(key)
        if key not in self._shared:
            raise ValueError("a value cannot change its type")
        set_state(value, dict(zip(names, map(self.decode, content), strict=True)))
        return value

    def _refreshed(self, kind: type, key: int, fixed: list[Any], content: list[Any]) -> Any:
        value = self._objects.get(key)
        if value is None:
            value = CHANGING[kind].empty(*map(self.decode, fixed))
            self._keep(key, value)
        if type(value) is not kind:
            raise ValueError("a value cannot change its type")
        CHANGING[kind].fill(value, [self.decode(part) for part in content])
        return value

    def _table(self, name: str, parts: tuple[Any, ...]) -> Any:
        if name not in tables.CHANGING:
            return tables.read(name, [self.decode(part) for part in parts])
        new = tables.read(name, [self.decode(part) for part in parts[1:]])
        old = self._objects.get(parts[0])
        if old is not None:
            return tables.refresh(old, new)
        self._keep(parts[0], new)
        return new

    def _named_class(self, name: str, fields: list[str]) -> type:
        known = name, tuple(fields)
        if known not in self._named:
            self._named[known] = collections.namedtuple(name, fields)
        return self._named[known]
