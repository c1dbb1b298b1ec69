"""Odd data in the place of right data, as a student's process may send it."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

NUMBERS = st.one_of(
    st.booleans(), st.floats(), st.integers(), st.sampled_from([-(2**70), 2**63 - 1, 10**400, 1e308, 1e-320])
)
TENSORS = st.builds(
    lambda entries, shape, dtype: {"tensor": entries, "shape": shape or [len(entries)], "dtype": dtype},
    st.lists(NUMBERS, max_size=9),
    st.one_of(st.none(), st.lists(st.integers(-1, 9), max_size=3), st.just([1] * 21)),
    st.sampled_from(["float64", "float16", "int64", "int8", "bool", "complex64"]),
)
#: What no probe of ours would give there, and much that none would give at all.
ODD = st.recursive(
    st.one_of(st.none(), NUMBERS, st.text(max_size=5), st.just("x" * 20_000), TENSORS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
        inner.map(lambda value: {"dict": {"a": value}}),
    ),
    max_leaves=8,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all parts of some data, the shortest first."""
    rows = [(data, path)]
    while rows:
        value, path = rows.pop(0)
        yield path
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        rows += [(part, (*path, key)) for key, part in inner]


def changed(data: Any, choices: Any) -> Any:
    """The same data, but for one place, where something odd stands, or nothing, or the same thing twice."""
    data = copy.deepcopy(data)
    ways = list(places(data))[:200]
    way = choices.draw(st.sampled_from(ways))
    if not way:
        return choices.draw(ODD)
    *outer, last = way
    owner = data
    for key in outer:
        owner = owner[key]
    what = choices.draw(st.sampled_from(["odd", "odd", "odd", "nothing", "twice"]))
    if what == "nothing":
        del owner[last]
    elif what == "twice" and isinstance(owner, list):
        owner.insert(last, copy.deepcopy(owner[last]))
    else:
        owner[last] = choices.draw(ODD)
    return data
