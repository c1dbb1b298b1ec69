"""Submitted cells put in order: answers, cells to play with, edited given cells, and the student's own ones.

A cell may hold more or less than the one it stands for: cells get doubled, split, merged, and answers are
typed into test cells or into new cells.
"""

from __future__ import annotations

from autograder.intake.answers import Aligned, Piece, choose, find_elsewhere, join_text
from autograder.intake.cells import Cell, bare, is_are, listed, quoted
from autograder.intake.identify import Identity, identify
from autograder.intake.python import is_written, parsed, unfenced
from autograder.intake.skeleton import Part, Skeleton

MAX_HALVES = 8  # of a cell, that are joined: each one has the joined text parsed again
MAX_MERGED = 200_000  # characters of a cell in which others are looked for
SHORTEST = 20  # characters of a text that is recognised inside of another


def align(cells: list[Cell], skeleton: Skeleton) -> Aligned:
    """Find every answer of the skeleton in the submitted cells."""
    result = Aligned()
    cells = join_halves(result, cells, skeleton)
    identity = identify(cells, skeleton)
    report_identity(result, identity)
    present = {part.key for part in identity.parts if part}
    result.missing = [part for part in skeleton.parts if part.key not in present]
    texts = [cut_merged(result, cell, part) for cell, part in zip(cells, identity.parts)]
    claims: dict[str, list[tuple[int, str]]] = {}
    last: str | None = None
    for index, (cell, part, text) in enumerate(zip(cells, identity.parts, texts)):
        if part is None:
            add_own(result, skeleton, Piece(cell.kind, text, last))
            continue
        if part.role == "answer":
            if cell.kind != part.kind and is_written(text, part.source, part.kind):
                what = "code" if part.kind == "code" else "Markdown"
                result.repairs.append(f"{quoted(part.key)} was not a {what} cell; it was made one again.")
                text = unfenced(text) if part.kind == "code" else text
            claims.setdefault(part.key, []).append((index, text))
        elif part.role == "free":
            if bare(text) != part.bare or part.key not in result.free:
                result.free[part.key] = text
        elif bare(text) != part.bare:
            if part.role == "given":
                result.edited.setdefault(part.key, []).append(cell)
            extra = added(text, part)
            if extra:
                result.own.append(Piece(part.kind, extra, part.key, inside=part.key))
        last = part.key
    for part in skeleton.answers:
        choose(result, part, claims.get(part.key, []))
    for part in skeleton.answers:
        find_elsewhere(result, skeleton, part)
    for part in skeleton.answers:
        if part.kind != "code":
            join_text(result, part)
    result.own = [piece for piece in result.own if piece.inside is None and piece.source.strip()]
    report_missing(result, skeleton)
    return result


def report_identity(result: Aligned, identity: Identity) -> None:
    for way in ("cell id", "content", "place"):
        lost = [key for key, how in identity.found.items() if how == way]
        if len(lost) == 1:
            result.repairs.append(f"The grade id of {quoted(lost[0])} was lost; the answer was found by its {way}.")
        elif lost:
            words = f"their {way}{'s' if way == 'cell id' else ''}"
            result.repairs.append(f"The grade ids of {listed(lost)} were lost; the answers were found by {words}.")
    if identity.swapped:
        names = listed(identity.swapped)
        result.repairs.append(f"The cells of {names} bore other grade ids; what they define tells which they are.")
    places = [part.place for part in dict.fromkeys(part for part in map(of_role, identity.parts) if part)]
    if places != sorted(places):
        result.repairs.append("The cells were in another order; they were put back in order.")


def of_role(part: Part | None) -> Part | None:
    return part if part and part.role != "text" else None


# ---------------------------------------------------------------------- merged, split and edited cells


def join_halves(result: Aligned, cells: list[Cell], skeleton: Skeleton) -> list[Cell]:
    """Join neighbouring code cells where the one makes no sense without the other."""
    joined: list[Cell] = []
    halves = 1
    for cell in cells:
        first = joined[-1] if joined and halves < MAX_HALVES else None
        if first and first.kind == cell.kind == "code" and may_belong(first, cell, skeleton):
            both = f"{first.source}\n{cell.source}"
            if not (parsed(first.source) and parsed(cell.source)) and parsed(both):
                joined[-1] = Cell("code", both, first.id, first.grade_id, first.marks)
                known = part_of(first, skeleton)
                what = quoted(known.key) if known else "A cell of the student's own"
                result.repairs.append(f"{what} was split in the middle of a statement; its halves were joined.")
                halves += 1
                continue
        joined.append(cell)
        halves = 1
    return joined


def may_belong(first: Cell, second: Cell, skeleton: Skeleton) -> bool:
    """Whether the second cell may be a part of the first: an answer's, or a cell of the student's own."""
    part, other = part_of(first, skeleton), part_of(second, skeleton)
    return (part is None or part.role == "answer") and other in (None, part)


def part_of(cell: Cell, skeleton: Skeleton) -> Part | None:
    return skeleton.by_grade_id.get(cell.grade_id) or skeleton.by_id.get(cell.id)


def cut_merged(result: Aligned, cell: Cell, part: Part | None) -> str:
    """The text of a cell without missing cells of the release that were merged into it."""
    text = cell.source
    if len(text) > MAX_MERGED:
        return text
    merged = []
    for other in [*result.missing, *([part] if part and part.role in ("given", "text") else [])]:
        if len(other.source) >= SHORTEST and other is not part and other.source in text and bare(text) != other.bare:
            text = text.replace(other.source, "\n", 1)
            merged.append(other)
    if merged:
        where = f"into {quoted(part.key)}" if part else "into another cell"
        names = listed(other.key for other in merged)
        result.repairs.append(f"{names} had been merged {where}; the cells were taken apart.")
        result.missing = [other for other in result.missing if other not in merged]
        if part and part.role in ("given", "text") and part.source in text:
            result.explained.add(part.key)
    return text.strip("\n") if merged else text


def added(text: str, part: Part) -> str:
    """What a student added to a given cell: the lines that the release does not have there."""
    if part.source in text:
        return text.replace(part.source, "\n", 1).strip("\n")
    released = {line.strip() for line in part.source.split("\n")}
    lines = [line for line in text.split("\n") if not line.strip() or line.strip() not in released]
    return "\n".join(lines).strip("\n")


def add_own(result: Aligned, skeleton: Skeleton, piece: Piece) -> None:
    """Keep a cell of the student's own, unless it is a copy or a lost half of a released one."""
    text = bare(piece.source)
    for part in skeleton.parts:
        if text == part.bare:
            return
        if part.role == "given" and len(text) >= SHORTEST and text in part.bare:
            if part.key in result.edited:
                result.edited[part.key].append(Cell(piece.kind, piece.source))
            return
    result.own.append(piece)


def report_missing(result: Aligned, skeleton: Skeleton) -> None:
    absent = {part.key for part in result.missing}
    lost = [part.key for part in skeleton.answers if part.key in absent and part.key not in result.answers]
    given = [part for part in skeleton.parts if part.key in absent and part.role != "answer"]
    named = [part.key for part in given if part.role == "given"]
    if lost:
        count = "it counts" if len(lost) == 1 else "they count"
        result.repairs.append(f"{listed(lost)} {is_are(lost)} missing; {count} as not written.")
    if named:
        result.repairs.append(f"{listed(named)} {is_are(named)} missing; put back as released.")
    elif given:
        count = "A cell" if len(given) == 1 else f"{len(given)} cells"
        result.repairs.append(f"{count} of the release {is_are(given)} missing; put back as released.")
