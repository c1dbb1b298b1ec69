"""What stands in a plain test cell for the student's objects: classes and instances whose every use crosses the wall.

A class of the student is a real class here, so that isinstance and issubclass say what they should; it has those
special methods that the student's has. Nothing is decided here: `across` of the visit (visit.py) sends each use, and
refuses those that would let a student's object judge itself.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Protocol

#: Attributes that Python itself asks a class for; all others are the student's.
OF_CLASS = {
    "__mro__", "__bases__", "__name__", "__qualname__", "__module__", "__dict__", "__class__", "__subclasshook__",
    "__instancecheck__", "__subclasscheck__", "__subclasses__", "__abstractmethods__", "__flags__", "__signature__",
    "__text_signature__", "mro",
}  # fmt: skip
OF_INSTANCE = {
    "__class__", "__copy__", "__deepcopy__", "__signature__", "__reduce_ex__", "__setstate__", "__array_ufunc__",
}  # fmt: skip


class Across(Protocol):
    """What a visit does for a stand-in, see visit.py."""

    def call(self, number: int, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any: ...
    def get(self, number: int, name: str) -> Any: ...
    def put(self, number: int, name: str, value: Any) -> None: ...
    def remove(self, number: int, name: str) -> None: ...
    def special(self, number: int, name: str, arguments: tuple[Any, ...]) -> Any: ...
    def signature(self, number: int) -> inspect.Signature: ...


class Standing(type):
    """The class of the classes that stand for the student's. `_across` and `_number` are known to this file alone."""

    _across: Across
    _number: int
    _given: type | None  # the class of the lab's that goes by the same name

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        return across(cls).call(number_of(cls), arguments, named)

    def __getattribute__(cls, name: str) -> Any:
        if name in OF_CLASS:
            if name == "__signature__":
                return across(cls).signature(number_of(cls))
            return type.__getattribute__(cls, name)
        return across(cls).get(number_of(cls), name)

    def __setattr__(cls, name: str, value: Any) -> None:
        across(cls).put(number_of(cls), name, value)

    def __delattr__(cls, name: str) -> None:
        across(cls).remove(number_of(cls), name)

    def __eq__(cls, other: object) -> Any:
        given = type.__getattribute__(cls, "__dict__")["_given"]
        return cls is other or (given is not None and given is other) or NotImplemented

    def __hash__(cls) -> int:
        given = type.__getattribute__(cls, "__dict__")["_given"]
        return type.__hash__(given or cls)

    def __repr__(cls) -> str:
        return f"<class {cls.__name__!r}>"

    def __dir__(cls) -> Any:
        return across(cls).special(number_of(cls), "dir", ())


class Thing:
    """The base of all stand-ins for instances and functions."""

    __slots__ = ("_own_number", "__weakref__")

    def __getattribute__(self, name: str) -> Any:
        if name in OF_INSTANCE:
            if name == "__signature__":
                return across(type(self)).signature(number_of(self))
            return object.__getattribute__(self, name)
        return across(type(self)).get(number_of(self), name)

    def __setattr__(self, name: str, value: Any) -> None:
        across(type(self)).put(number_of(self), name, value)

    def __delattr__(self, name: str) -> None:
        across(type(self)).remove(number_of(self), name)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """The class of a library where it is one: so isinstance knows a function, or a figure's axes."""
        kind = type(self)
        return library_class(kind.__module__, kind.__name__) or kind

    def __copy__(self) -> Any:
        return use(self, "copy")

    def __deepcopy__(self, memory: Any) -> Any:
        return use(self, "deepcopy")

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the student cannot be pickled")

    def __eq__(self, other: object) -> Any:
        return use(self, "eq", other)

    def __ne__(self, other: object) -> Any:
        return use(self, "ne", other)

    def __hash__(self) -> int:
        return use(self, "hash")

    def __bool__(self) -> bool:
        return use(self, "bool")

    def __str__(self) -> str:
        return use(self, "str")

    def __repr__(self) -> str:
        return use(self, "repr")

    def __format__(self, form: str) -> str:
        return use(self, "format", form)

    def __dir__(self) -> Any:
        return use(self, "dir")


def across(kind: Any) -> Across:
    return type.__getattribute__(kind, "_across")


def number_of(thing: Any) -> int:
    """The student's number of what a stand-in stands for."""
    if type(thing) is Standing:
        return type.__getattribute__(thing, "__dict__")["_number"]
    if isinstance(thing, BaseException):
        return BaseException.__getattribute__(thing, "_own_number")
    return object.__getattribute__(thing, "_own_number")


def is_standin(thing: Any) -> bool:
    return type(thing) is Standing or type(type(thing)) is Standing


def use(thing: Any, name: str, *arguments: Any) -> Any:
    """Use a special method of the student's object."""
    return across(type(thing)).special(number_of(thing), name, arguments)


def method(name: str) -> Callable[..., Any]:
    """A special method that crosses the wall."""
    if name == "call":
        return lambda self, *arguments, **named: across(type(self)).call(number_of(self), arguments, named)
    if name == "array":
        # numpy would take what this gives for the value of the object
        return lambda self, *arguments, **named: use(self, "array")
    return lambda self, *arguments: use(self, name, *arguments)


def make_class(
    visit: Any, number: int, name: str, module: str, bases: list[type], special: list[str], given: type | None
) -> type:
    """The class that stands for the student's class of this number. TypeError or ValueError if there can be none."""
    own: dict[str, Any] = {f"__{each}__": method(each) for each in special}
    own |= {"_across": visit, "_number": number, "_given": given, "__module__": module, "__qualname__": name}
    raised = [base for base in bases if issubclass(base, BaseException)]
    if raised:
        own["__getattr__"] = lambda self, name: visit.get(number_of(self), name)
        own["__str__"] = lambda self: BaseException.__getattribute__(self, "_own_text")
        return type.__new__(Standing, name, tuple(raised), own)
    standing = tuple(base for base in bases if type(base) is Standing) or (Thing,)
    return type.__new__(Standing, name, standing, own | {"__slots__": ()})


def make_thing(kind: type, number: int) -> Any:
    """What stands for an instance of this class."""
    thing: Any = object.__new__(kind)
    object.__setattr__(thing, "_own_number", number)
    return thing


def make_error(kind: type[BaseException], number: int, arguments: tuple[Any, ...], text: str) -> BaseException:
    """An exception of the student, with these arguments and this text. Nothing of its class is called."""
    error = type.__getattribute__(kind, "__new__")(kind, *arguments)
    error.args = arguments
    if type(kind) is Standing:
        BaseException.__setattr__(error, "_own_number", number)
        BaseException.__setattr__(error, "_own_text", text)
    if isinstance(error, StopIteration | SystemExit) and arguments:
        setattr(error, "value" if isinstance(error, StopIteration) else "code", arguments[0])
    return error


def library_class(module: str, name: str) -> type | None:
    """A class of a library that is loaded here, for isinstance alone."""
    if module == "builtins":
        known = {
            "function": type(make_thing),
            "builtin_function_or_method": type(len),
            "generator": type(_ for _ in ()),
        }
        return known.get(name)
    found = vars(sys.modules.get(module, object())) if module in sys.modules else {}
    kind = found.get(name)
    return kind if isinstance(kind, type) and type(kind) is not Standing and module != "__main__" else None
