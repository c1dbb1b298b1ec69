"""The student's objects, for the plain test cells of a grader that keeps them on its own side.

The grader asks to read names, call, get or set an attribute, and so on; `Objects.do` carries one such request out,
and answers with the value or the exception, with what was printed and warned of, and with what has changed: arguments,
and global names of the student. Values cross as data (see values.py). What has no value stays here (see kept.py).
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import inspect
import io
from collections.abc import Callable, Iterator
from typing import Any

from labtools.kept import Kept
from labtools.replacing import Replacing
from labtools.uses import GENERAL, MAX_WARNINGS, Printed, noted_warnings, seed

MISSING = ["missing"]


class Objects:
    """The objects of one student. `exchange` has a function of the grader called: number, arguments, named ones."""

    def __init__(self, names: dict[str, Any], exchange: Callable[[Any, Any, Any], Any]) -> None:
        self._names = names
        self._kept = Kept(exchange)
        self.values = self._kept.values
        self._replacing = Replacing()
        self._seen: dict[str, Any] = {}  # the data of global names, as the grader knows them

    def end(self) -> None:
        """Put back what a test has replaced: another grader's test begins."""
        self._replacing.put_all_back()

    def do(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request. Errors of the student's code are part of the answer."""
        self.values.begin()
        self._kept.described = []
        for data in request.get("moved", []):
            self.values.decode(data)
        for place, said in request.get("replaced", []):
            self._replacing.put(place, said, self.values.decode)
        self._set(request.get("set", {}), request.get("delete", []))
        seed(request.get("random"), self.values)
        operation, *parts = request["do"]
        given = {name: self.values.decode(data) for name, data in request.get("with", {}).items()}
        before = {key: data for key, data in self._changing({*request.get("keys", []), *self.values.shared})}
        printed = Printed()
        redirected = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO())
        with self._input(), noted_warnings(bool(request.get("warn"))) as noted, redirected[0], redirected[1]:
            try:
                result = getattr(self, f"_{operation}")(*parts, **given)
                self.values.begin()
                answer = {"value": self._data(result)} if operation != "read" else {"values": result}
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self.values.begin()
                answer = {"raised": self._kept.error(error)}
        watched = {*before, *self.values.shared}
        changed = [data for key, data in self._changing(watched) if data != before.get(key)]
        self.values.begin()
        return {
            **answer,
            "printed": printed.text,
            "warned": [[line, *self._kept.error(each)] for line, each in noted[:MAX_WARNINGS]],
            "changed": changed,
            "globals": self._changes(request.get("watch", [])),
            "classes": self._kept.described,
        }

    # ------------------------------------------------------------------ what a request asks for

    def _read(self, names: list[str]) -> dict[str, Any]:
        self.values.begin()
        found = {name: self._global(name) for name in names}
        self._seen.update(found)
        return found

    def _call(self, number: int, arguments: list[Any], named: dict[str, Any]) -> Any:
        return self._kept.object(number)(*arguments, **named)

    def _get(self, number: int, name: str) -> Any:
        return getattr(self._kept.object(number), name)

    def _put(self, number: int, name: str, value: Any) -> None:
        setattr(self._kept.object(number), name, value)

    def _remove(self, number: int, name: str) -> None:
        delattr(self._kept.object(number), name)

    def _special(self, number: int, name: str, arguments: list[Any]) -> Any:
        value = self._kept.object(number)
        if name in GENERAL:
            return GENERAL[name](value, *arguments)
        return getattr(type(value), f"__{name}__")(value, *arguments)

    def _signature(self, number: int) -> Any:
        signature = inspect.signature(self._kept.object(number))
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

    def _run(self, source: str) -> None:
        """Run a cell of the student once more."""
        exec(source, self._names)

    def _imports(self, wanted: list[list[str]]) -> None:
        """Make the imports of a test: module, name in it or "", and the name that it gets."""
        for module, inside, name in wanted:
            with contextlib.suppress(Exception):
                found = importlib.import_module(module)
                self._names[name] = getattr(found, inside) if inside else found

    def _nothing(self) -> None:
        pass

    def _forget(self) -> None:
        self._replacing.put_all_back()
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

    def _changing(self, keys: set[int]) -> Iterator[tuple[int, Any]]:
        for key in sorted(keys):
            self.values.begin()
            with contextlib.suppress(ValueError, KeyError):
                yield key, self.values.encode(self.values.object(key))

    def _data(self, value: Any) -> Any:
        """A value as data; one that is too large stays here, as what has no value does."""
        try:
            with self.values.undone():
                return self.values.encode(value)
        except (ValueError, RecursionError):
            return self._kept.refer(value)

    @contextlib.contextmanager
    def _input(self) -> Iterator[None]:
        """`input` asks the grader's test, which may have put something in its place."""

        def ask(prompt: Any = "") -> Any:
            return self._kept.ask("input", (str(prompt),), {})

        before, builtins.input = builtins.input, ask
        try:
            yield
        finally:
            builtins.input = before
