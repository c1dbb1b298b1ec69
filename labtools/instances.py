"""Objects of the lab's own classes by their state: what a test hands to the student's code of them.

The class is known on both sides from the lab's given code; what crosses is its name and the attributes. The object
is made again without a call of its class.
"""

from __future__ import annotations

import contextlib
import types
from collections.abc import Iterator
from typing import Any


def slots_of(kind: type) -> Iterator[tuple[str, Any]]:
    """The slots of a class, with what reads and sets them."""
    for each in kind.__mro__:
        for name, member in vars(each).items():
            if isinstance(member, types.MemberDescriptorType):
                yield name, member


def state_of(value: Any) -> dict[str, Any]:
    """The attributes of an object: those in its slots, and those in its dictionary."""
    found = {}
    for name, member in slots_of(type(value)):
        try:
            found[name] = member.__get__(value)
        except AttributeError:  # an empty slot
            continue
    return found | own_dictionary(value)


def set_state(value: Any, state: dict[str, Any]) -> None:
    """Give an object this state, and no other attributes. ValueError for what is no attribute's name."""
    if any(type(name) is not str for name in state):
        raise ValueError("an attribute without a name")
    left = dict(state)
    for name, member in slots_of(type(value)):
        if name in left:
            member.__set__(value, left.pop(name))
        else:
            clear(value, member)
    dictionary = own_dictionary(value)
    dictionary.clear()
    dictionary.update(left)


def clear(value: Any, member: Any) -> None:
    with contextlib.suppress(AttributeError):  # it is empty already
        member.__delete__(value)


def own_dictionary(value: Any) -> dict[str, Any]:
    """The dictionary of an object, whatever its class makes of attributes. Empty, and lost, if it has none."""
    try:
        return object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}


def is_simple(kind: type) -> bool:
    """Whether the state of an object of this class is in its attributes alone: no list, no exception, no metaclass."""
    heap = 1 << 9  # Py_TPFLAGS_HEAPTYPE: written in Python
    bases = [each for each in kind.__mro__ if each is not object]
    return all(each.__flags__ & heap and type(each).__call__ is type.__call__ for each in bases)


def named(module: Any, path: str) -> Any:
    """What stands in a module under this name, with dots. AttributeError if nothing does."""
    found = module
    for part in path.split("."):
        found = getattr(found, part)
    return found
