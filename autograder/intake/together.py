"""Notebooks that were handed in together in one file: the cells of each, taken from there."""

from __future__ import annotations

from collections import Counter

from autograder.intake.cells import Cell, bare
from autograder.intake.skeleton import Skeleton

LEAST = 0.5  # of a notebook's answers: a single cell is rather one that the student has copied


def take_apart(cells: list[Cell], name: str, skeletons: dict[str, Skeleton]) -> tuple[list[Cell], list[Cell]]:
    """The cells of one notebook in a file that is of another one, and the rest; no cells if it is not in there.

    A cell is at home where its grade id or cell id is, and its text if several notebooks have that id. The student's
    own cells go with the one before them.
    """
    counts = Counter(part.key for skeleton in skeletons.values() for part in skeleton.parts)
    answers = {part.key for part in skeletons[name].answers if counts[part.key] == 1}
    present = {key_of(cell) for cell in cells}
    if not answers or len(answers & present) < LEAST * len(answers):
        return [], cells
    homes: dict[tuple[str, str], set[str]] = {}
    for each, skeleton in skeletons.items():
        for part in skeleton.parts:
            homes.setdefault((part.key, part.bare if counts[part.key] > 1 else ""), set()).add(each)
    taken: list[Cell] = []
    rest: list[Cell] = []
    current = rest
    for cell in cells:
        key = key_of(cell)
        at_home = homes.get((key, bare(cell.source) if counts[key] > 1 else ""), set())
        if at_home == {name}:
            current = taken
        elif at_home and name not in at_home:
            current = rest
        current.append(cell)
    return taken, rest


def key_of(cell: Cell) -> str:
    return cell.grade_id or cell.id
