"""The classes that a lab gives its students: both sides have them, from the same code.

An object of such a class has a state that may cross the wall, where a test hands it to the student's code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labtools.instances import is_simple


class GivenClasses:
    """The classes of the modules in `folder`, which holds the student's files, and those of given cells."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._of_cells: dict[str, type] = {}

    def add(self, namespace: dict[str, Any], names: Iterable[str]) -> None:
        """Note the classes among these names, which a given cell has just defined."""
        self._of_cells |= {name: namespace[name] for name in names if isinstance(namespace.get(name), type)}

    def find(self, module: str, name: str) -> type | None:
        """The class that goes by this name in a module of the lab's that is loaded here. None if there is none."""
        if module not in sys.modules or not is_module(self._folder, module):
            return None
        found = vars(sys.modules[module]).get(name)
        return found if isinstance(found, type) else None

    def origin(self, kind: type) -> list[str] | None:
        """The module and the name of a class whose objects may cross by their state. None for any other class."""
        module, name = kind.__module__, kind.__qualname__
        found = self._of_cells.get(name) if module == "__main__" else self.find(module, name)
        return [module, name] if found is kind and is_simple(kind) else None


def is_module(folder: Path, module: str) -> bool:
    """Whether a module of this name lies in a folder."""
    place = folder.joinpath(*module.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def forget_modules(folder: Path, modules: Iterable[str]) -> None:
    """Have those of these modules that lie in `folder` loaded anew: what they have kept is of another submission.

    Never labtools, which lies there too: this side of the wall is built on it.
    """
    ours = {first for module in modules if is_module(folder, first := module.split(".")[0])} - {"labtools"}
    for name in [name for name in sys.modules if name.split(".")[0] in ours]:
        del sys.modules[name]
