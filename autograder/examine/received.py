"""What the student's process sends for things without a value: stand-ins, each held to the profile of the cell."""

from __future__ import annotations

import importlib
import sys
import weakref
from typing import Any

from autograder.examine import standins
from autograder.examine.given import GivenClasses
from autograder.examine.held import Held
from autograder.examine.lending import Lending, refer

from labtools.forms import CLASSES
from labtools.values import Values

KINDS = {"function", "instance", "iterator"}
MAKES_ATTRIBUTES = {"getattr", "getattribute"}
EXCEPTIONS_OF = {*sys.stdlib_module_names, "numpy", "pandas", "scipy", "torch", "matplotlib"}


class Received(Held):
    """The student's objects by their numbers. `imports` are what the master's own imports give, by their origin.

    Only those can be taken for the real ones: a function or a class that does something is never run on this side
    because the student's process names it. A class that goes by the name of one of a module of the lab's (`given`)
    stands for it where a test compares classes, as it does for isinstance.
    """

    def __init__(self, imports: dict[tuple[str, str], Any], given: GivenClasses, recording: bool) -> None:
        super().__init__(recording)
        self._imports, self._given = imports, given
        self._classes: dict[int, Any] = {}
        self._making: set[int] = set()  # classes that make attributes when they are asked for
        self._things: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
        self.values = Values(lambda value: refer(value, self.lending), self._resolve, 1)
        self.lending = Lending(self, given.origin)

    def learn(self, described: list[dict[str, Any]]) -> None:
        """Make the classes that are described."""
        for each in described:
            number, name, module = int(each["number"]), str(each["name"])[:200], str(each["module"])[:200]
            bases = [base for data in each["bases"] if (base := self._base(data)) is not None]
            special = [str(name) for name in each["special"] if str(name).isidentifier()]
            if MAKES_ATTRIBUTES & {*special}:
                self._making.add(number)
                special = [name for name in special if name not in MAKES_ATTRIBUTES]
            kind = self._exception(module, name) if any(issubclass(base, BaseException) for base in bases) else None
            self._classes[number] = kind or standins.make_class(
                self, number, name, module, bases, special, self._given.find(module, name)
            )

    def makes_attributes(self, number: int) -> bool:
        """Whether the class of an object makes attributes when they are asked for."""
        thing = self._things.get(number)
        return thing is not None and standins.number_of(type(thing)) in self._making

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

    def error(self, kind: Any, arguments: Any, text: Any, number: Any) -> BaseException:
        made = self._classes[kind[1]] if kind[0] == "class" else self.values.decode(kind)
        error: Any = standins.make_error(made, int(number), self.values.decode(arguments), str(text))
        error.of_student = True
        return error

    def warning(self, line: Any, *parts: Any) -> tuple[int, Warning]:
        """A warning of the student's code, with the line where it warned. ValueError for any other exception."""
        error = self.error(*parts)
        if not isinstance(error, Warning) or not 0 <= int(line) < 10**6:
            raise ValueError("this is no warning")
        return int(line), error

    def _resolve(self, name: str, parts: list[Any]) -> Any:
        if name == "module":
            if parts[0] not in {module for module, _ in self._imports}:
                self.admit("module", f"a module ({str(parts[0])[:100]})")
                raise ValueError("a module that the master does not import")
            return importlib.import_module(parts[0])
        if name == "yours":
            return self.lending.function(parts[0])
        if name == "error":
            return self.error(*parts)
        number, *more = parts
        origin = tuple(more[-2:])
        if len(origin) == 2 and origin in self._imports:
            return self._imports[origin]
        if name == "class":
            self.admit("class", "a class")
            return self._classes[number]
        if name != "object" or more[1] not in KINDS:
            raise ValueError("an unknown thing")
        return self._thing(int(number), *more[:2])

    def _thing(self, number: int, kind_number: int, kind: str) -> Any:
        stands = self._classes[kind_number]
        self.admit(kind, f"{'an' if kind[0] == 'i' else 'a'} {kind} of class {stands.__name__}")
        thing = self._things.get(number)
        if thing is None:
            thing = self._things[number] = standins.make_thing(stands, number)
        return thing
