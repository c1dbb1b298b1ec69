"""The student's objects, for the plain test cells of a grader that keeps them on its own side.

The grader asks to read names, call, get or set an attribute, and so on; `Objects.do` carries one such request out,
and answers with the value or the exception, with what was printed, and with what has changed: arguments, and global
names of the student. Values cross as data (see values.py). What has no value stays here under a number.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import inspect
import io
import types
from collections.abc import Callable, Iterator
from typing import Any

from labtools.uses import FUNCTIONS, GENERAL, SPECIAL, Printed, has_special, iterate, origin, seed
from labtools.values import Values

MISSING = ["missing"]


class Objects:
    """The objects of one student. `exchange` has a function of the grader called: number, arguments, named ones."""

    def __init__(self, names: dict[str, Any], exchange: Callable[[Any, Any, Any], Any]) -> None:
        self._names = names
        self._exchange = exchange
        self.values = Values(self._refer, self._resolve, -1)
        self._kept: list[Any] = []  # by number
        self._numbers: dict[int, int] = {}  # by identity
        self._described: list[dict[str, Any]] = []  # classes that the grader does not know yet
        self._borrowed: dict[int, Any] = {}  # what stands for functions of the grader
        self._seen: dict[str, Any] = {}  # the data of global names, as the grader knows them

    def do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request. Errors of the student's code are part of the answer."""
        self.values.begin()
        self._described = []
        self._set(request.get("set", {}), request.get("delete", []))
        seed(request.get("random"), self.values)
        operation, *parts = request["do"]
        given = {name: self.values.decode(data) for name, data in request.get("with", {}).items()}
        before = {key: data for key, data in self._changing(request.get("keys", []))}
        printed = Printed()
        with self._input(), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            try:
                result = getattr(self, f"_{operation}")(*parts, **given)
                self.values.begin()
                answer = {"value": self._data(result)} if operation != "read" else {"values": result}
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self.values.begin()
                answer = {"raised": self._error(error)}
        changed = [data for key, data in self._changing(list(before)) if data != before[key]]
        return {
            **answer,
            "printed": printed.text,
            "changed": changed,
            "globals": self._changes(request.get("watch", [])),
            "classes": self._described,
        }

    # ------------------------------------------------------------------ what a request asks for

    def _read(self, names: list[str]) -> dict[str, Any]:
        self.values.begin()
        found = {name: self._global(name) for name in names}
        self._seen.update(found)
        return found

    def _call(self, number: int, arguments: list[Any], named: dict[str, Any]) -> Any:
        return self._kept[number](*arguments, **named)

    def _get(self, number: int, name: str) -> Any:
        return getattr(self._kept[number], name)

    def _put(self, number: int, name: str, value: Any) -> None:
        setattr(self._kept[number], name, value)

    def _remove(self, number: int, name: str) -> None:
        delattr(self._kept[number], name)

    def _special(self, number: int, name: str, arguments: list[Any]) -> Any:
        value = self._kept[number]
        if name in GENERAL:
            return GENERAL[name](value, *arguments)
        return getattr(type(value), f"__{name}__")(value, *arguments)

    def _signature(self, number: int) -> Any:
        signature = inspect.signature(self._kept[number])
        empty = inspect.Parameter.empty
        known = [
            (
                each.name,
                int(each.kind),
                () if each.default is empty else (each.default,),
                () if each.annotation is empty else (each.annotation,),
            )
            for each in signature.parameters.values()
        ]
        returned = signature.return_annotation
        return tuple(known), () if returned is empty else (returned,)

    def _imports(self, wanted: list[list[str]]) -> None:
        """Make the imports of a test: module, name in it or "", and the name that it gets."""
        for module, inside, name in wanted:
            with contextlib.suppress(Exception):
                found = importlib.import_module(module)
                self._names[name] = getattr(found, inside) if inside else found

    def _nothing(self) -> None:
        pass

    def _forget(self) -> None:
        self.values.forget()
        self._seen.clear()

    # ------------------------------------------------------------------ global names and arguments

    def _set(self, given: dict[str, Any], deleted: list[str]) -> None:
        for name in deleted:
            self._names.pop(name, None)
            self._seen[name] = MISSING
        for name, data in given.items():
            self._names[name] = self.values.decode(data)
            self._seen[name] = data

    def _global(self, name: str) -> Any:
        if name not in self._names:
            return MISSING
        return self._data(self._names[name])

    def _changes(self, watched: list[str]) -> dict[str, Any]:
        changes = {}
        for name in watched:
            self.values.begin()
            data = self._global(name)
            if data != self._seen.get(name):
                changes[name] = self._seen[name] = data
        return changes

    def _changing(self, keys: list[int]) -> Iterator[tuple[int, Any]]:
        for key in keys:
            self.values.begin()
            with contextlib.suppress(ValueError, KeyError):
                yield key, self.values.encode(self.values.object(key))

    # ------------------------------------------------------------------ what has no value

    def _data(self, value: Any) -> Any:
        """A value as data; one that is too large stays here, as what has no value does."""
        try:
            with self.values.undone():
                return self.values.encode(value)
        except (ValueError, RecursionError):
            return self._refer(value)

    def _number(self, value: Any) -> int:
        if id(value) not in self._numbers:
            self._kept.append(value)
            self._numbers[id(value)] = len(self._kept) - 1
        return self._numbers[id(value)]

    def _refer(self, value: Any) -> list[Any]:
        if isinstance(value, types.ModuleType):
            return ["module", value.__name__]
        if id(value) in self._borrowed:
            return ["yours", self._borrowed[id(value)]]
        if isinstance(value, type):
            return ["class", self._describe(value), *origin(value)]
        if isinstance(value, BaseException):
            return ["error", *self._error(value)]
        kind = "instance"
        if isinstance(value, FUNCTIONS):
            kind = "function"
        elif hasattr(type(value), "__next__"):
            kind = "iterator"
        return ["object", self._number(value), self._describe(type(value)), kind, *origin(value)]

    def _describe(self, kind: type) -> int:
        """The number of a class, whose description the grader has got, or gets with the next answer."""
        known = id(kind) in self._numbers
        number = self._number(kind)
        if not known:
            bases = [self.values.encode(base) for base in kind.__bases__]
            special = [name for name in SPECIAL if has_special(kind, name)]
            self._described.append(
                {
                    "number": number,
                    "name": kind.__name__,
                    "module": str(getattr(kind, "__module__", "")),
                    "bases": bases,
                    "special": special,
                }
            )
        return number

    def _error(self, error: BaseException) -> list[Any]:
        """An exception: its class, its arguments, its text, and itself."""
        try:
            arguments = self.values.encode(error.args)
        except (ValueError, RecursionError):
            arguments = self.values.encode((str(error)[:1000],))
        return [self.values.encode(type(error)), arguments, str(error)[:1000], self._number(error)]

    def _resolve(self, name: str, parts: list[Any]) -> Any:
        if name == "object":
            return self._kept[parts[0]]
        if name == "import":
            found = importlib.import_module(parts[0])
            for part in parts[1].split(".") if parts[1] else ():
                found = getattr(found, part)
            return found
        if name == "function":
            return self._borrow(*parts)
        if name == "iterator":
            return iterate(self._borrow(parts[0], ""))
        raise ValueError(f"the grader sent {name}")

    def _borrow(self, number: int, name: str) -> Callable[..., Any]:
        """What stands for a function of the grader's test."""

        def lent(*arguments: Any, **named: Any) -> Any:
            self.values.begin()
            return self._answer(self._exchange(number, self.values.encode((arguments, named)), self._described))

        lent.__name__ = lent.__qualname__ = name
        self._borrowed[id(lent)] = number
        self._kept.append(lent)  # an identity is not given away again
        return lent

    def _answer(self, answer: list[Any]) -> Any:
        self._described = []
        kind, *what = answer
        if kind == "value":
            return self.values.decode(what[0])
        raised = getattr(builtins, what[0], RuntimeError)
        raise raised(*self.values.decode(what[1]))

    @contextlib.contextmanager
    def _input(self) -> Iterator[None]:
        """`input` asks the grader's test, which may have put something in its place."""

        def ask(prompt: Any = "") -> Any:
            self.values.begin()
            return self._answer(self._exchange("input", self.values.encode(((str(prompt),), {})), self._described))

        before, builtins.input = builtins.input, ask
        try:
            yield
        finally:
            builtins.input = before
