"""The table of a check: for each test cell how many of how many answers were judged as they should be."""

from __future__ import annotations

from dataclasses import dataclass, field

COLUMNS = ("wheats accepted", "chaffs caught", "message right", "mutants caught")


@dataclass
class Tally:
    """One line of the table: how many of how many went as they should, by column."""

    right: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    smallest: float | None = None  # points that the chaff loses which loses least
    empty: float | None = None  # points of an answer that is not written

    def add(self, column: str, right: bool) -> None:
        self.right[column] = self.right.get(column, 0) + right
        self.total[column] = self.total.get(column, 0) + 1

    def costs(self, points: float) -> None:
        self.smallest = points if self.smallest is None else min(self.smallest, points)


def as_text(table: dict[str, Tally]) -> str:
    """A line for each test cell, and one for all."""
    width = max(map(len, table), default=len("all"))
    lines = [" " * width + "".join(f"{column:>17}" for column in (*COLUMNS, "smallest chaff", "nothing written"))]
    total = Tally()
    for test, tally in table.items():
        cells = []
        for column in COLUMNS:
            right, count = tally.right.get(column, 0), tally.total.get(column, 0)
            total.right[column] = total.right.get(column, 0) + right
            total.total[column] = total.total.get(column, 0) + count
            cells.append(f"{f'{right}/{count}' if count else '-':>17}")
        cells += [f"{'-' if points is None else f'{points:g}':>17}" for points in (tally.smallest, tally.empty)]
        lines.append(f"{test:<{width}}" + "".join(cells))
    sums = [f"{f'{total.right[column]}/{total.total[column]}':>17}" for column in COLUMNS]
    return "\n".join([*lines, f"{'all':<{width}}" + "".join(sums)])
