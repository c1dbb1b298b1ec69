"""What can change, by the keys that both sides of the wall know it by."""

from __future__ import annotations

from typing import Any


class Keys:
    """One side's keys. `step` is 1 on one side and -1 on the other, so that their keys differ."""

    def __init__(self, step: int) -> None:
        self._step, self._last = step, 0
        self._objects: dict[int, Any] = {}  # by key
        self._keys: dict[int, int] = {}  # by identity
        self._shared: set[int] = set()  # of the objects that crossed by their state

    def object(self, key: int) -> Any:
        return self._objects[key]

    def key(self, value: Any) -> int:
        """The key of something that can change; it is kept from now on."""
        if id(value) not in self._keys:
            self._last += self._step
            self._keep(self._last, value)
        return self._keys[id(value)]

    @property
    def shared(self) -> list[int]:
        """The keys of the objects that crossed by their state."""
        return sorted(self._shared)

    def is_shared(self, value: Any) -> bool:
        return self._keys.get(id(value)) in self._shared

    def _keep(self, key: int, value: Any) -> None:
        self._objects[key] = value
        self._keys[id(value)] = key

    def _forget(self) -> None:
        self._objects.clear()
        self._keys.clear()
        self._shared.clear()
