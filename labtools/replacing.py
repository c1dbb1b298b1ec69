"""What a test has put in the place of attributes of modules and of their classes, in the student's process."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from typing import Any

from labtools.instances import named

GONE, AS_BEFORE, VALUE = "gone", "as before", "value"  # what is said of an attribute
NONE = object()


class Replacing:
    """The attributes that are replaced now, with what stood there before."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str, str], Any] = {}

    def put(self, place: list[str], said: list[Any], decode: Callable[[Any], Any]) -> None:
        """Have an attribute be what is said: `place` is a module, a class in it or "", and a name."""
        module, inside, name = place
        with contextlib.suppress(ImportError, AttributeError, TypeError):  # a library that is another one here
            owner = importlib.import_module(module)
            owner = named(owner, inside) if inside else owner
            self._before.setdefault((module, inside, name), vars(owner).get(name, NONE))
            if said[0] == VALUE:
                setattr(owner, name, decode(said[1]))
            elif said[0] == GONE:
                delattr(owner, name)
            else:
                self._put_back(module, inside, name)

    def put_all_back(self) -> None:
        for place in list(self._before):
            with contextlib.suppress(ImportError, AttributeError, TypeError):
                self._put_back(*place)

    def _put_back(self, module: str, inside: str, name: str) -> None:
        owner = importlib.import_module(module)
        owner = named(owner, inside) if inside else owner
        before = self._before.pop((module, inside, name))
        if before is not NONE:
            setattr(owner, name, before)
        elif name in vars(owner):
            delattr(owner, name)
