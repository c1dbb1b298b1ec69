"""What a plain test cell has done since its last use of a student's object, and the student's process is to know.

That are names that it has set or deleted, attributes of libraries, objects that it shares with the student's code,
and seeds of the random generators.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from autograder.examine import replaced
from autograder.examine.given import GivenClasses
from autograder.examine.received import Received
from autograder.examine.surroundings import random_states

from labtools.objects import MISSING
from labtools.replacing import AS_BEFORE, GONE, VALUE


class Telling(Received):
    """Notes what is to be told, and puts it into messages. `namespace`: that of the test cells."""

    def __init__(
        self, namespace: dict[str, Any], imports: dict[tuple[str, str], Any], given: GivenClasses, recording: bool
    ) -> None:
        super().__init__(imports, given, recording)
        self._namespace = namespace
        self._known: dict[str, Any] = {}  # data of the student's names, as both sides know them
        self._told: set[str] = set()  # names whose changes are told
        self._states: dict[int, Any] = {}  # data of the objects that crossed by their state, as both sides know them
        self._replaced = replaced.Replaced((), {}, ())
        self._seeded = False  # since the last use

    def seeded(self) -> None:
        """The test has seeded a random generator: the student's gets the same state."""
        self._seeded = True

    def tell(self, message: dict[str, Any]) -> None:
        """Begin a message with all that is new."""
        changed, deleted = self.changes()
        moved = [data for key, data in self._shared_states() if data != self._states.get(key)]
        self.values.begin()
        if moved:
            message["moved"] = moved
        if replacements := list(self._replacements()):
            message["replaced"] = replacements
        if changed:
            message["set"] = {name: self.data(self._namespace[name]) for name in changed}
            self._known.update(message["set"])
        if deleted:
            message["delete"] = deleted
            self._known.update(dict.fromkeys(deleted, MISSING))
        if self._seeded:
            self._seeded = False
            states = random_states()
            message["random"] = [self.values.encode(part) for part in (tuple(states), *states.values())]

    def note_states(self) -> None:
        """Note what both sides know now of the objects that they share."""
        self._states = dict(self._shared_states())

    def data(self, value: Any) -> Any:
        """A value as data. One that is too large ends the test, which could take an error for one of the student's."""
        try:
            return self.values.encode(value)
        except ValueError as error:
            self.refuse(f"what this test gives to your code cannot cross: {error}")

    def _replacements(self) -> Iterator[tuple[list[str], list[Any]]]:
        """What the test has put in the place of attributes since the last use. TypeError for what cannot cross.

        What no code names, such as what a library notes for itself, is left out then.
        """
        for place, value, said in self._replaced.news():
            with contextlib.nullcontext() if said else contextlib.suppress(TypeError):
                yield place, (
                    [GONE] if value is replaced.GONE else [AS_BEFORE] if value is replaced.AS_BEFORE
                    else [VALUE, self.data(value)]
                )  # fmt: skip

    def _shared_states(self) -> Iterator[tuple[int, Any]]:
        for key in self.values.shared:
            self.values.begin()
            yield key, self.data(self.values.object(key))

    def changes(self) -> tuple[list[str], list[str]]:
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
