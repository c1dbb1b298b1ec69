"""The student's answers, recovered from the submitted cells; and the student's own cells, by what they follow.

A cell may hold more or less than the one it stands for: cells get doubled, split, merged, and answers are
typed into test cells or into new cells. Every step here moves text that is in the file, and tells what it did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.intake.cells import Cell, bare, is_are, listed, quoted
from autograder.intake.identify import Identity, identify
from autograder.intake.python import bound, is_written, parsed, take_out, unfenced
from autograder.intake.skeleton import Part, Skeleton

MAX_MERGED = 200_000  # characters of a cell in which others are looked for
SHORTEST = 20  # characters of a text that is recognised inside of another


@dataclass
class Piece:
    """Text of the student's own: a cell, or what was added to a given one. `after` is the key that it follows."""

    kind: str
    source: str
    after: str | None
    #: the key of the given cell that it was typed into
    inside: str | None = None
    #: the key of the answer that it has to run before
    before: str | None = None
    #: whether it held several answers
    shared: bool = False


@dataclass
class Aligned:
    """What was found. Keys are grade ids, or cell ids of cells without one."""

    answers: dict[str, str] = field(default_factory=dict)
    free: dict[str, str] = field(default_factory=dict)
    own: list[Piece] = field(default_factory=list)
    #: for each given cell that differs from the release: its versions in the submission
    edited: dict[str, list[Cell]] = field(default_factory=dict)
    #: given cells whose difference is explained by a repair
    explained: set[str] = field(default_factory=set)
    missing: list[Part] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)


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
                result.repairs.append(f"{quoted(part.key)} was not a {part.kind} cell; it was made one again.")
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
    for way, words in (("cell id", "their cell ids"), ("content", "their content"), ("place", "their place")):
        lost = [key for key, how in identity.found.items() if how == way]
        if lost:
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
    for cell in cells:
        first = joined[-1] if joined else None
        if first and first.kind == cell.kind == "code" and may_belong(first, cell, skeleton):
            both = f"{first.source}\n{cell.source}"
            if not (parsed(first.source) and parsed(cell.source)) and parsed(both):
                joined[-1] = Cell("code", both, first.id, first.grade_id, first.marks)
                result.repairs.append("Cells that were split in the middle of a statement were joined.")
                continue
        joined.append(cell)
    return joined


def may_belong(first: Cell, second: Cell, skeleton: Skeleton) -> bool:
    """Whether the second cell may be a part of the first: an answer's, or a cell of the student's own."""
    parts = [skeleton.by_grade_id.get(cell.grade_id) or skeleton.by_id.get(cell.id) for cell in (first, second)]
    return (parts[0] is None or parts[0].role == "answer") and parts[1] in (None, parts[0])


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


# ---------------------------------------------------------------------- one answer


def choose(result: Aligned, part: Part, claims: list[tuple[int, str]]) -> None:
    """Settle on one text for an answer: of several cells the last written one counts, halves are joined."""
    changed = [(index, text) for index, text in claims if bare(text) not in ("", part.bare)]
    if is_split(part, changed):
        result.answers[part.key] = "\n".join(text for _, text in changed)
        result.repairs.append(f"{quoted(part.key)} was split into {len(changed)} cells; they were joined.")
        return
    texts = list(dict.fromkeys(text for _, text in changed if is_written(text, part.source, part.kind)))
    if not texts:
        if claims and part.source in [text for _, text in claims]:
            result.answers[part.key] = part.source
        elif claims:
            result.answers[part.key] = claims[-1][1]
    elif len(texts) == 1:
        result.answers[part.key] = texts[0]
    else:
        result.answers[part.key] = texts[-1]
        for text in texts[:-1]:  # what else they define may be needed
            if part.kind == "code" and bound(text) - bound(texts[-1]):
                result.own.append(Piece("code", text, None, before=part.key))
    if len(claims) > 1:
        count = "twice" if len(claims) == 2 else f"{len(claims)} times"
        result.repairs.append(f"{quoted(part.key)} is there {count}; the last one that has an answer counts.")


def is_split(part: Part, claims: list[tuple[int, str]]) -> bool:
    """Whether neighbouring cells of one name are parts of one answer rather than versions of it."""
    indexes = [index for index, _ in claims]
    texts = [text for _, text in claims]
    if len(set(texts)) < 2 or indexes != list(range(indexes[0], indexes[0] + len(indexes))):
        return False
    return part.kind != "code" or (bool(part.names) and not any(part.names <= bound(text) for text in texts))


def find_elsewhere(result: Aligned, skeleton: Skeleton, part: Part) -> None:
    """An answer that is not written in its place may stand in a new cell, in a given cell, or in another answer."""
    if is_written(result.answers.get(part.key, ""), part.source, part.kind):
        return
    if part.kind != "code":
        return find_text(result, skeleton, part)
    if not part.names:
        return
    for piece in reversed(result.own):
        source = unfenced(piece.source)
        if not part.names <= bound(source) or not is_written(take_out(source, part.names)[0], part.source, "code"):
            continue
        taken, rest = take_out(source, part.names)
        others = [each for each in skeleton.answers if each.names and each.names <= bound(rest)]
        piece.shared |= bool(others)
        if not piece.shared:
            taken, rest = source, ""
        piece.source = rest
        result.answers[part.key] = taken.strip("\n")
        where = f"into {quoted(piece.inside)}" if piece.inside else "into another cell"
        result.repairs.append(f"The answer {quoted(part.key)} had been typed {where}; it was taken from there.")
        if piece.inside:
            result.explained.add(piece.inside)
        return
    for other in skeleton.answers:
        source = result.answers.get(other.key, "")
        if other is part or not part.names <= bound(source):
            continue
        taken, rest = take_out(source, part.names)
        if is_written(taken, part.source, "code") and not other.names & bound(taken):
            result.answers[part.key], result.answers[other.key] = taken, rest
            result.repairs.append(f"{quoted(part.key)} had been merged into {quoted(other.key)}; it was taken apart.")
            return


def find_text(result: Aligned, skeleton: Skeleton, part: Part) -> None:
    """A text answer may stand in the cells right below its place, or in the question above."""
    before = skeleton.before(part)
    near = {part.key, before.key if before else None}
    for piece in result.own:
        if piece.inside is None and piece.after in near and is_text(piece) and piece.source.strip():
            result.answers[part.key] = piece.source
            piece.source = ""
            result.repairs.append(
                f"The answer {quoted(part.key)} had been typed into a new cell; it was taken from there."
            )
            return
    absent = [each for each in result.missing if each.role == "answer" and each.key not in result.answers]
    notes = [piece for piece in result.own if piece.kind == "markdown" and not piece.inside and piece.source.strip()]
    if len(notes) == 1 and absent == [part]:
        result.answers[part.key] = notes[0].source
        result.own.remove(notes[0])
        result.repairs.append(
            f"The answer {quoted(part.key)} is the only text left, so it was found wherever it stood."
        )
        return
    for piece in result.own:
        if before and piece.inside == before.key and piece.source.strip():
            result.answers[part.key] = piece.source
            piece.source = ""
            result.explained.add(before.key)
            result.repairs.append(
                f"The answer {quoted(part.key)} had been typed into {quoted(before.key)}; it was taken from there."
            )
            return


def is_text(piece: Piece) -> bool:
    return piece.kind == "markdown" or parsed(piece.source) is None


def below(result: Aligned, part: Part) -> list[Piece]:
    return [piece for piece in result.own if piece.after == part.key and not piece.inside and piece.source.strip()]


def join_text(result: Aligned, part: Part) -> None:
    """Join a text answer with the text in new cells below it."""
    if not is_written(result.answers.get(part.key, ""), part.source, part.kind):
        return
    rest = [piece for piece in below(result, part) if is_text(piece)]
    if rest:
        result.answers[part.key] += "".join("\n\n" + piece.source for piece in rest)
        result.own = [piece for piece in result.own if piece not in rest]
        what = "a new cell" if len(rest) == 1 else f"{len(rest)} new cells"
        result.repairs.append(f"The answer {quoted(part.key)} goes on in {what} below; the text was joined to it.")


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
        result.repairs.append(f"{len(given)} cells of the release {is_are(given)} missing; put back as released.")
