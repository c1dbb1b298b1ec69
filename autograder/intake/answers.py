"""Settling on one text for an answer, wherever in the submission it stands.

Every step here moves text that is in the file, and tells what it did.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograder.intake.cells import Cell, bare, quoted
from autograder.intake.python import bound, is_written, parsed, take_out, unfenced
from autograder.intake.skeleton import Part, Skeleton

#: magics of a whole cell that run it as it is: in the middle of an answer they would be an error
_CELL_MAGIC = re.compile(r"\A\s*%%(time|capture|prun)\b.*\n?")


@dataclass(eq=False)
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


def choose(result: Aligned, part: Part, claims: list[tuple[int, str]]) -> None:
    """Settle on one text for an answer: of several cells the last written one counts, halves are joined."""
    changed = [(index, text) for index, text in claims if bare(text) not in ("", part.bare)]
    if is_split(part, changed):
        (_, first), *others = changed
        result.answers[part.key] = "\n".join([first, *(_CELL_MAGIC.sub("", text) for _, text in others)])
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
        where = f"into {quoted(piece.inside)}" if piece.inside else "into a new cell"
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
