"""The student's names, as a judge gets them: looked up when a check uses them, not before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Names:
    """The names of a namespace as attributes. One that is missing is a NameError, as in a cell.

    So a check that uses a missing name fails by itself, and the others of its test cell go on.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace

    def __getattr__(self, name: str) -> Any:
        try:
            return self._namespace[name]
        except KeyError:
            raise NameError(f"name '{name}' is not defined") from None


def names(namespace: Mapping[str, Any]) -> Names:
    """For the last lines of a test cell: ``judge(checks, labtools.names(globals()))``."""
    return Names(namespace)
