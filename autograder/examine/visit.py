"""The visit of the plain test cells of a notebook to a student's objects: what each use of a stand-in sends and gets.

Before a use, what the test has done to the student's names and to the random generators is told to the student's
process; after it, what has changed there comes back: arguments, names, what was printed. What the student's code
offers is held to the profile of the test cell: a kind of thing that the master's own solution did not offer, or a
comparison that it did not need, is refused, and the cell gives no points.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import random
import sys
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from autograder.course import Profile
from autograder.examine import standins
from autograder.examine.lending import Lending, refer

from labtools.objects import MISSING
from labtools.values import CLASSES, Values

MAX_USES = 20_000  # of one test cell
#: Uses of a stand-in that decide nothing by themselves: what they give is a value, or crosses the wall again.
FREE = {"str", "repr", "format", "dir", "copy", "deepcopy", "source", "setitem", "delitem"}
KINDS = {"function", "instance", "iterator"}
EXCEPTIONS_OF = {*sys.stdlib_module_names, "numpy", "pandas", "scipy", "torch", "matplotlib"}

#: Sends a request on behalf of a name, with functions to lend; returns the answer. It raises Unanswered.
Ask = Callable[[str, dict[str, Any], Lending], Any]


class Refused(BaseException):
    """The student's code offers what this test cell does not take. No test can take it for an error of its own."""


class Unanswered(BaseException):
    """The student's code gives no answer that can be read."""


class Visit:
    """One submission's objects, seen from the plain test cells of one notebook."""

    def __init__(
        self, ask: Ask, namespace: dict[str, Any], imports: dict[tuple[str, str], Any], recording: bool
    ) -> None:
        self._ask = ask
        self._namespace = namespace
        self._cell = ""
        self._imports = imports  # what the master's own imports give, by where they are imported from
        self.profile = Profile()
        self.recording = recording
        self._new = True  # the student's process begins to count its objects anew
        self.refusal: BaseException | None = None
        self.values = Values(lambda value: refer(value, self.lending), self._resolve, 1)
        self.lending = Lending(self)
        self._classes: dict[int, Any] = {}
        self._things: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self._labels: dict[int, str] = {}
        self._known: dict[str, Any] = {}  # data of the student's names, as both sides know them
        self._told: set[str] = set()
        self._watched: list[str] = []
        self._seeded = False  # since the last use
        self._uses = 0

    # ------------------------------------------------------------------ a test cell

    def begin(self, cell: str, profile: Profile, read: Iterable[str], tell: Iterable[str]) -> None:
        """Begin a test cell that mentions these names of the student, and may change those to tell."""
        self._cell, self.profile, self._uses = cell, profile, 0
        self._watched, self._told = sorted(read), set()
        for name, data in self._request(cell, "read", self._watched)["values"].items():
            self._learn_name(name, data)
        self._told = set(tell)

    def end(self, imports: list[list[str]]) -> None:
        """Tell what the cell has left behind: its changes of names, and its imports for the cells that follow.

        That is done after a refusal, too: what a test has taken away is not missing in the next one.
        """
        refusal = self.refusal
        if isinstance(refusal, Unanswered):
            raise refusal
        self.refusal = None
        if imports or any(self._changes()):
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
        return self._use(number, "get", number, name)

    def put(self, number: int, name: str, value: Any) -> None:
        self._use(number, "put", number, name, value=value)

    def remove(self, number: int, name: str) -> None:
        self._use(number, "remove", number, name)

    def special(self, number: int, name: str, arguments: tuple[Any, ...]) -> Any:
        if name not in FREE:
            self._need(name)
        return self._use(number, "special", number, name, arguments=arguments)

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

    def _need(self, operation: str) -> None:
        if self.recording:
            self.profile.operations = sorted({*self.profile.operations, operation})
        elif operation not in self.profile.operations:
            self.refuse(f"this test compares or counts values, and got an object of a class of its own ({operation})")

    def _admit(self, kind: str, what: str) -> None:
        if self.recording:
            self.profile.kinds = sorted({*self.profile.kinds, kind})
        elif kind not in self.profile.kinds:
            self.refuse(f"this test does not expect {what}")

    def seeded(self) -> None:
        """The test has seeded a random generator: the student's gets the same state."""
        self._seeded = True

    def refuse(self, reason: str) -> None:
        """Refuse what is offered: the cell is over, whatever the test makes of it."""
        self.refusal = self.refusal or Refused(reason)
        raise self.refusal

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
        changed, deleted = self._changes()
        self.values.begin()
        message: dict[str, Any] = {"watch": self._watched, "new": self._new}
        self._new = False
        if changed:
            message["set"] = {name: self.values.encode(self._namespace[name]) for name in changed}
            self._known.update(message["set"])
        if deleted:
            message["delete"] = deleted
            self._known.update(dict.fromkeys(deleted, MISSING))
        if self._seeded:
            self._seeded = False
            message["random"] = self._random()
        message["with"] = {name: self.values.encode(value) for name, value in given.items()}
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
            if "raised" in answer:
                raised = self._error(*answer["raised"])
            elif operation == "read":
                return {"values": dict(answer["values"])}
            else:
                return {"result": self.values.decode(answer["value"])}
        except Exception as error:  # whatever the student's process sends
            self.refusal = Unanswered(f"a reply that cannot be read ({type(error).__name__})")
            raise self.refusal from None
        raised.of_student = True  # type: ignore[attr-defined]
        raise raised

    def _changes(self) -> tuple[list[str], list[str]]:
        """Names of the student that the test has set or changed, and that it has deleted.

        What cannot cross, such as an open file of the test, is not told.
        """
        changed, deleted = [], []
        for name in sorted(self._told):
            self.values.begin()
            if name not in self._namespace:
                if self._known.get(name, MISSING) != MISSING:
                    deleted.append(name)
            else:
                with contextlib.suppress(TypeError, ValueError):
                    if self.values.encode(self._namespace[name]) != self._known.get(name):
                        changed.append(name)
        return changed, deleted

    def _random(self) -> Any:
        """The states of the random generators here, as data."""
        states: dict[str, Any] = {"random": random.getstate()}
        if "numpy" in sys.modules:
            states["numpy"] = tuple(
                part.tolist() if hasattr(part, "tolist") else part for part in sys.modules["numpy"].random.get_state()
            )
            states["numpy"] = (states["numpy"][0], tuple(states["numpy"][1]), *states["numpy"][2:])
        if "torch" in sys.modules:
            states["torch"] = bytes(sys.modules["torch"].get_rng_state().tolist())
        return [self.values.encode(part) for part in (tuple(states), *states.values())]

    # ------------------------------------------------------------------ what the student's process sends

    def learn(self, described: list[dict[str, Any]]) -> None:
        """Make the classes that are described."""
        for each in described:
            number, name, module = int(each["number"]), str(each["name"])[:200], str(each["module"])[:200]
            bases = [base for data in each["bases"] if (base := self._base(data)) is not None]
            special = [str(name) for name in each["special"] if str(name).isidentifier()]
            kind = self._exception(module, name) if any(issubclass(base, BaseException) for base in bases) else None
            self._classes[number] = kind or standins.make_class(self, number, name, module, bases, special)

    def _base(self, data: list[Any]) -> Any:
        """A base of a class: another stand-in, or an exception. Values have none: they cannot be stood for."""
        if data[0] == "class":
            return self._classes[data[1]]
        if data[0] == "type" and issubclass(kind := CLASSES[data[1]], BaseException):
            return kind
        return None

    def _exception(self, module: str, name: str) -> Any:
        """An exception of a library that is loaded here."""
        if module.split(".")[0] not in EXCEPTIONS_OF or module not in sys.modules:
            return None
        kind = vars(sys.modules[module]).get(name)
        return kind if isinstance(kind, type) and issubclass(kind, BaseException) else None

    def _error(self, kind: Any, arguments: Any, text: Any, number: Any) -> BaseException:
        made = self._classes[kind[1]] if kind[0] == "class" else self.values.decode(kind)
        return standins.make_error(made, int(number), self.values.decode(arguments), str(text))

    def _resolve(self, name: str, parts: list[Any]) -> Any:
        if name == "module":
            if parts[0] not in {module for module, _ in self._imports}:
                self._admit("module", f"a module ({str(parts[0])[:100]})")
                raise ValueError("a module that the master does not import")
            return importlib.import_module(parts[0])
        if name == "yours":
            return self.lending.function(parts[0])
        if name == "error":
            return self._error(*parts)
        number, *more = parts
        origin = tuple(more[-2:])
        if len(origin) == 2 and origin in self._imports:
            return self._imports[origin]
        if name == "class":
            self._admit("class", "a class")
            return self._classes[number]
        if name != "object" or more[1] not in KINDS:
            raise ValueError("an unknown thing")
        return self._thing(int(number), *more[:2])

    def _thing(self, number: int, kind_number: int, kind: str) -> Any:
        stands = self._classes[kind_number]
        self._admit(kind, f"{'an' if kind[0] == 'i' else 'a'} {kind} of class {stands.__name__}")
        thing = self._things.get(number)
        if thing is None:
            thing = self._things[number] = standins.make_thing(stands, number)
        return thing
