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
    """A line for each test cell, and one for all. Columns without an entry are left out."""
    width = max(map(len, table), default=len("all"))
    shown = [column for column in COLUMNS if any(tally.total.get(column) for tally in table.values())]
    costs = [
        (name, values)
        for name, values in (
            ("smallest chaff", {test: tally.smallest for test, tally in table.items()}),
            ("nothing written", {test: tally.empty for test, tally in table.items()}),
        )
        if any(points is not None for points in values.values())
    ]
    lines = [" " * width + "".join(f"{column:>17}" for column in (*shown, *(name for name, _ in costs)))]
    total = Tally()
    for test, tally in table.items():
        cells = []
        for column in shown:
            right, count = tally.right.get(column, 0), tally.total.get(column, 0)
            total.right[column] = total.right.get(column, 0) + right
            total.total[column] = total.total.get(column, 0) + count
            cells.append(f"{f'{right}/{count}' if count else '-':>17}")
        for _, values in costs:
            points = values[test]
            cells.append(f"{'-' if points is None else f'{points:g}':>17}")
        lines.append(f"{test:<{width}}" + "".join(cells))
    sums = [f"{f'{total.right[column]}/{total.total[column]}':>17}" for column in shown]
    return "\n".join([*lines, f"{'all':<{width}}" + "".join(sums)])
