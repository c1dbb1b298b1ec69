"""The tables of `make bench`, as Markdown, so that they can stand in docs/design.md as they are."""

from __future__ import annotations

import statistics

from bench.measure import Cost
from bench.whole_way import AFTER, WAY

Runs = list[dict[str, Cost]]


def middle(runs: Runs, step: str) -> Cost:
    """The medians over several runs of a step; of memory the largest."""
    costs = [run[step] for run in runs]
    walls, cpus = [cost.wall for cost in costs], [cost.cpu for cost in costs]
    return Cost(statistics.median(walls), statistics.median(cpus), max(cost.memory for cost in costs))


def whole(runs: Runs) -> float:
    """Seconds of wall time from the download to the export."""
    return sum(middle(runs, step).wall for step in WAY)


def table_of_steps(kit: dict[int, Runs]) -> list[str]:
    """What each step takes: seconds of wall time and CPU, by size of the class."""
    lines = [f"| step | {' | '.join(f'{size}: s' for size in kit)} | {' | '.join(f'{size}: CPU s' for size in kit)} |"]
    lines.append("|---" * (1 + 2 * len(kit)) + "|")
    for step in (*WAY, *AFTER):
        costs = [middle(runs, step) for runs in kit.values()]
        walls, cpus = [f"{cost.wall:.1f}" for cost in costs], [f"{cost.cpu:.1f}" for cost in costs]
        lines.append(f"| {step} | {' | '.join([*walls, *cpus])} |")
    lines.append(f"| whole way | {' | '.join(f'{whole(runs):.1f}' for runs in kit.values())} |{' |' * len(kit)}")
    return lines


def table_of_ways(kit: dict[int, Runs], stock: Runs, per_core: Runs, floor: list[float], sample: int) -> list[str]:
    """Stock nbgrader beside this kit, in seconds a submission."""
    lines = ["| s a submission | autograde | CPU | feedback | CPU | peak memory |", "|---|---|---|---|---|---|"]
    rows = {f"stock nbgrader ({sample})": (stock, sample), f"one nbgrader a core ({sample})": (per_core, sample)}
    rows |= {f"this kit ({size})": (runs, size) for size, runs in kit.items()}
    for name, (runs, size) in rows.items():
        if runs:
            grade, pages = middle(runs, "autograde"), middle(runs, "feedback")
            numbers = (grade.wall, grade.cpu, pages.wall, pages.cpu)
            shown = " | ".join(f"{number / size:.3f}" for number in numbers)
            lines.append(f"| {name} | {shown} | {max(grade.memory, pages.memory):.0f} MB |")
    if floor:
        lines.append(f"| the floor ({sample}) | | {statistics.median(floor) / sample:.3f} | | | |")
    return lines


def sentences(kit: dict[int, Runs], stock: Runs, floor: list[float], sample: int) -> list[str]:
    """What the figures say of the goals, for the largest class."""
    size, runs = max(kit.items())
    grade = middle(runs, "autograde")
    lines = []
    if stock:
        theirs = (middle(stock, "autograde").wall + middle(stock, "feedback").wall) / sample
        ratio = theirs / (whole(runs) / size)
        alone = middle(stock, "autograde").wall / sample / (grade.wall / size)
        lines.append(
            f"{size}: the whole way is {ratio:.1f} times as fast as stock's two steps, grading {alone:.1f} times"
        )
    if floor:
        share = grade.cpu / size / (statistics.median(floor) / sample)
        lines.append(f"grading takes {share:.2f} times the CPU of the floor")
    shares = {step: middle(runs, step).wall / grade.wall for step in WAY if step not in ("collect", "autograde")}
    slowest = max(shares, key=lambda step: shares[step])
    lines.append(f"of the later steps {slowest} takes most: {shares[slowest]:.2f} of grading")
    one = middle(runs, "one student again").wall + middle(runs, "feedback for one").wall
    lines.append(f"one student with feedback, in a class of {size}: {one:.1f} s")
    return lines
