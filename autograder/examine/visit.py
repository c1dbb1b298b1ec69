"""The visit of the plain test cells of a notebook to a student's objects: what each use of a stand-in sends and gets.

Before a use, what the test has done to the student's names and to the random generators is told to the student's
process; after it, what has changed there comes back: arguments, names, what was printed. What the student's code
offers is held to the profile of the test cell: a kind of thing that the master's own solution did not offer, or a
comparison that it did not need, is refused, and the cell gives no points.
"""

from __future__ import annotations

import contextlib
import inspect
import secrets
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from autograder.course import Profile
from autograder.examine import standins
from autograder.examine.given import GivenClasses
from autograder.examine.held import Unanswered
from autograder.examine.lending import Lending
from autograder.examine.replaced import Replaced
from autograder.examine.telling import Telling

from labtools.objects import MISSING

MAX_USES = 20_000  # of one test cell
MAX_WARNINGS = 100  # of one use
#: Uses of a stand-in that decide nothing by themselves: what they give is a value, or crosses the wall again.
FREE = {"str", "repr", "format", "dir", "copy", "deepcopy", "source", "setitem", "delitem"}

#: Sends a request on behalf of a name, with functions to lend; returns the answer. It raises Unanswered.
Ask = Callable[[str, dict[str, Any], Lending], Any]


class Visit(Telling):
    """One submission's objects, seen from the plain test cells of one notebook."""

    def __init__(
        self,
        ask: Ask,
        namespace: dict[str, Any],
        imports: dict[tuple[str, str], Any],
        given: GivenClasses,
        recording: bool,
    ) -> None:
        super().__init__(namespace, imports, given, recording)
        self._ask = ask
        self._cell = ""
        self._new = True  # the student's process begins to count its objects anew
        self._labels: dict[int, str] = {}
        self._watched: list[str] = []
        self._every: dict[int, bool] = {}  # objects that have every attribute
        self._filters: list[Any] = []  # of warnings, before the test cell set its own
        self._uses = 0

    # ------------------------------------------------------------------ a test cell

    def begin(self, cell: str, profile: Profile, read: Iterable[str], tell: Iterable[str], around: Replaced) -> None:
        """Begin a test cell that mentions these names of the student, and may change those to tell."""
        self._cell, self.profile, self._uses, self._replaced = cell, profile, 0, around
        self._watched, self._told = sorted(read), set()
        self._filters = list(warnings.filters)
        self._request(cell, "read", self._watched)
        self._told = set(tell)

    def end(self, imports: list[list[str]]) -> None:
        """Tell what the cell has left behind: its changes of names, and its imports for the cells that follow.

        That is done after a refusal, too: what a test has taken away is not missing in the next one.
        """
        refusal = self.refusal
        if isinstance(refusal, Unanswered):
            raise refusal
        self.refusal = None
        if imports or any(self.changes()):
            self._request(self._cell, "imports", imports)
        self._request(self._cell, "forget")
        self.values.forget()
        self._known.clear()
        self.refusal = refusal

    def _learn_name(self, name: str, data: Any) -> None:
        if name not in self._watched:
            return
        self._known[name] = data
        if data == MISSING:
            self._namespace.pop(name, None)
            return
        value = self.values.decode(data)
        self._namespace[name] = value
        if standins.is_standin(value):
            self._labels[standins.number_of(value)] = name

    # ------------------------------------------------------------------ uses of a stand-in

    def call(self, number: int, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return self._use(number, "call", number, arguments=arguments, named=named)

    def get(self, number: int, name: str) -> Any:
        found = self._use(number, "get", number, name)
        if standins.is_standin(found) and self._has_every(number):
            self.need("getattr", "looks for an attribute, and got an object that has every one")
        return found

    def _has_every(self, number: int) -> bool:
        """Whether an object of the student's has an attribute of any name: that it has one then says nothing."""
        if number not in self._every:
            self._every[number] = False
            if self.makes_attributes(number):
                with contextlib.suppress(Exception):
                    self._use(number, "get", number, f"x{secrets.token_hex(8)}")
                    self._every[number] = True
        return self._every[number]

    def put(self, number: int, name: str, value: Any) -> None:
        self._use(number, "put", number, name, value=value)

    def remove(self, number: int, name: str) -> None:
        self._use(number, "remove", number, name)

    def special(self, number: int, name: str, arguments: tuple[Any, ...]) -> Any:
        if name not in FREE:
            self.need(name)
        return self._use(number, "special", number, name, arguments=arguments)

    def run(self, source: str) -> None:
        """Run a cell of the student's once more, in the student's process."""
        self._request(self._cell, "run", source)

    def source(self, number: int) -> str:
        return str(self.special(number, "source", ()))

    def signature(self, number: int) -> inspect.Signature:
        empty = inspect.Parameter.empty
        known, returned = self._use(number, "signature", number)
        parameters = [
            inspect.Parameter(
                name,
                inspect._ParameterKind(kind),
                default=default[0] if default else empty,
                annotation=annotation[0] if annotation else empty,
            )
            for name, kind, default, annotation in known
        ]
        return inspect.Signature(parameters, return_annotation=returned[0] if returned else empty)

    def _use(self, number: int, operation: str, *parts: Any, **given: Any) -> Any:
        label = self._labels.get(number, self._cell)
        result = self._request(label, operation, *parts, **given)["result"]
        if standins.is_standin(result):
            inner = f"{label}.{parts[1]}" if operation == "get" else label
            self._labels.setdefault(standins.number_of(result), inner[:100])
        return result

    # ------------------------------------------------------------------ messages

    def _request(self, label: str, operation: str, *parts: Any, **given: Any) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        self._uses += 1
        if self._uses > MAX_USES:
            self.refuse(f"this test uses your objects more than {MAX_USES} times")
        message: dict[str, Any] = {"watch": self._watched if operation != "forget" else [], "new": self._new}
        message["warn"] = list(warnings.filters) != self._filters
        self._new = False
        self.tell(message)
        message["with"] = {name: self.data(value) for name, value in given.items()}
        message["keys"] = self.values.written
        message["do"] = [operation, *parts]
        answer = self._ask(label, message, self.lending)
        if self.refusal:
            raise self.refusal
        return self._take(answer, operation)

    def _take(self, answer: Any, operation: str) -> dict[str, Any]:
        """What an answer says; an exception of the student's is raised. Unanswered if it cannot be read."""
        try:
            self.learn(answer["classes"])
            for data in answer["changed"]:
                self.values.decode(data)
            for name, data in answer["globals"].items():
                self._learn_name(name, data)
            printed = answer["printed"]
            if printed:
                sys.stdout.write(str(printed))
            warned = [self.warning(*each) for each in answer["warned"][:MAX_WARNINGS]]
            raised, result = None, {}
            if "raised" in answer:
                raised = self.error(*answer["raised"])
            elif operation == "read":
                for name, data in answer["values"].items():
                    self._learn_name(name, data)
            else:
                result = {"result": self.values.decode(answer["value"])}
            self.note_states()
        except Exception as error:  # whatever the student's process sends
            self.refusal = Unanswered(f"a reply that cannot be read ({type(error).__name__})")
            raise self.refusal from None
        self._warn(warned)
        if raised:
            raise raised
        return result

    def _warn(self, warned: list[tuple[int, Warning]]) -> None:
        """Warn here, too, of what the student's code has warned of, in these lines: the test's filters decide."""
        registry = self._namespace.setdefault("__warningregistry__", {})
        for line, message in warned:
            warnings.warn_explicit(message, type(message), "<student>", line, "__main__", registry)
