"""Which submitted cell is which cell of the release: by grade id, by cell id, by content, by place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from autograder.intake.cells import Cell, bare
from autograder.intake.python import bound, is_written, unfenced
from autograder.intake.skeleton import Part, Skeleton

ALIKE = 85.0  # per cent, from which two cells are taken for versions of each other
MAX_LETTERS = 2_000  # of a cell, that are compared
MAX_COMPARED = 300  # cells


@dataclass
class Identity:
    """The part that each submitted cell stands for, if any, and how it was found."""

    parts: list[Part | None]
    how: Counter[str] = field(default_factory=Counter)
    #: keys of answers whose grade id was lost, by how they were found
    found: dict[str, str] = field(default_factory=dict)
    swapped: list[str] = field(default_factory=list)


def identify(cells: list[Cell], skeleton: Skeleton) -> Identity:
    """Find the part of each cell. Cells of the student's own have none."""
    result = Identity([skeleton.by_grade_id.get(cell.grade_id) for cell in cells])
    for index, cell in enumerate(cells):
        if result.parts[index] is None and cell.id in skeleton.by_id:
            put(result, index, skeleton.by_id[cell.id], "cell id")
    mend_swapped(result, cells, skeleton)
    for way, search in (("content", same_text), ("content", same_names), ("content", alike), ("place", same_place)):
        for index, part in search(result, cells, skeleton):
            put(result, index, part, way)
    return result


def has_answer(cell: Cell, skeleton: Skeleton) -> bool:
    return all(is_written(cell.source, part.source, part.kind) for part in skeleton.answers if part.names)


def put(result: Identity, index: int, part: Part, way: str) -> None:
    result.parts[index] = part
    result.how[way] += 1
    if part.role == "answer":
        result.found[part.key] = way


def mend_swapped(result: Identity, cells: list[Cell], skeleton: Skeleton) -> None:
    """A cell that bears the id of one answer and defines exactly what another one asks for is the other one."""
    claimed: dict[str, list[int]] = {}
    for index, part in enumerate(result.parts):
        if part and part.names:
            claimed.setdefault(part.key, []).append(index)
    names = {}
    for index in (index for indexes in claimed.values() for index in indexes):
        names[index] = bound(cells[index].source) if has_answer(cells[index], skeleton) else frozenset()
    moves = []
    for indexes in claimed.values():
        for index in indexes:
            part = result.parts[index]
            if part is None or names[index] & part.names:
                continue
            others = [each for each in skeleton.answers if each.names and each.names <= names[index]]
            if len(others) == 1 and not any(others[0].names <= names[own] for own in claimed.get(others[0].key, [])):
                moves.append((index, others[0]))
    for index, part in moves:
        result.parts[index] = part
        result.swapped.append(part.key)


def missing(result: Identity, skeleton: Skeleton) -> list[Part]:
    present = {part.key for part in result.parts if part}
    return [part for part in skeleton.parts if part.key not in present]


def unknown(result: Identity, cells: list[Cell]) -> list[int]:
    return [index for index, part in enumerate(result.parts) if part is None and cells[index].source.strip()]


def same_text(result: Identity, cells: list[Cell], skeleton: Skeleton) -> Iterator[tuple[int, Part]]:
    """Cells that read as released. Of parts with the same text the next one in order is taken."""
    absent: dict[str, list[Part]] = {}
    for part in missing(result, skeleton):
        absent.setdefault(part.bare, []).append(part)
    place = -1
    for index, cell in enumerate(cells):
        known = result.parts[index]
        found = [] if known else absent.get(bare(cell.source), [])
        if found:
            known = next((part for part in found if part.place > place), found[0])
            found.remove(known)
            yield index, known
        place = known.place if known else place


def same_names(result: Identity, cells: list[Cell], skeleton: Skeleton) -> Iterator[tuple[int, Part]]:
    """Cells that define what exactly one missing answer has to define."""
    absent = [part for part in missing(result, skeleton) if part.names]
    for index in unknown(result, cells):
        names = bound(unfenced(cells[index].source))
        found = [part for part in absent if part.names <= names]
        others = [part for part in skeleton.answers if part.names and part.names <= names]
        if len(found) == len(others) == 1:
            yield index, found[0]


def alike(result: Identity, cells: list[Cell], skeleton: Skeleton) -> Iterator[tuple[int, Part]]:
    """Cells much like a missing one, the most alike first."""
    absent = [part for part in missing(result, skeleton) if len(part.bare) > 20]
    scores = []
    for index in unknown(result, cells)[:MAX_COMPARED]:
        source = cells[index].source[:MAX_LETTERS]
        for part in absent:
            stub = part.source[:MAX_LETTERS]
            if part.role == "answer":
                stub = part.source.split("# YOUR CODE")[0][:MAX_LETTERS]
                score = fuzz.ratio(stub, source[: len(stub) + 40], score_cutoff=ALIKE - 15)
            else:
                score = fuzz.ratio(stub, source, score_cutoff=ALIKE)
            if score and (part.kind == cells[index].kind or part.role == "answer"):
                scores.append((-score, index, part.place))
    indexes: set[int] = set()
    places: set[int] = set()
    for _, index, place in sorted(scores):
        if index not in indexes and place not in places:
            indexes.add(index)
            places.add(place)
            yield index, skeleton.parts[place]


def same_place(result: Identity, cells: list[Cell], skeleton: Skeleton) -> Iterator[tuple[int, Part]]:
    """Cells of text between the neighbours of a missing text answer."""
    absent = [part for part in missing(result, skeleton) if part.role == "answer" and not part.names]
    following = [len(skeleton.parts)] * (len(cells) + 1)  # the place of the next known cell
    for index in reversed(range(len(cells))):
        known = result.parts[index]
        following[index] = known.place if known else following[index + 1]
    last = -1
    for index, part in enumerate(result.parts):
        if part is not None:
            last = part.place
        elif is_text(cells[index]):
            found = [each for each in absent if last < each.place < following[index]]
            if found:
                absent.remove(found[0])
                last = found[0].place
                yield index, found[0]


def is_text(cell: Cell) -> bool:
    return bool(cell.source.strip()) and (cell.kind == "markdown" or not bound(cell.source))
