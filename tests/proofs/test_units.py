"""The order in which units are offered."""

import pytest

from autograder.proofs.units import Unit, follow

UNITS = [Unit(place, "single", (f"s{place:02}",), waits=place in (2, 7)) for place in (1, 2, 5, 7)]


@pytest.mark.parametrize(
    ("direction", "place", "places"),
    [
        ("next", 2, [7, 2]),
        ("next", -1, [2, 7]),
        ("previous", 7, [5, 2, 1]),  # all of them, since somebody else may have the first
        ("previous", 1, [1]),
        ("following", 1, [2, 5, 7]),
        ("following", 7, [7]),
        ("at", 6, [5]),
        ("at", 0, [1]),
    ],
)
def test_units_follow_each_other(direction: str, place: int, places: list[int]) -> None:
    assert [unit.place for unit in follow(UNITS, direction, place)] == places
