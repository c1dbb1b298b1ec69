"""Marks of a merge conflict that git left in a file: both versions, told apart."""

from __future__ import annotations

import re

from rapidfuzz.distance import LCSseq

from autograder.intake.cells import Cell

_START = re.compile(r"(?m)^<{7}( |$)")
_MARK = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?$")


def has_conflict(text: str) -> bool:
    return bool(_START.search(text)) and "\n=======" in text and "\n>>>>>>>" in text


def both_versions(text: str) -> tuple[str, str]:
    """The text as either side of the conflict has it."""
    versions: tuple[list[str], list[str]] = ([], [])
    side: int | None = None  # None: outside of a conflict, 2: the common ancestor
    for line in text.split("\n"):
        mark = _MARK.match(line)
        kind = mark.group(1)[0] if mark else ""
        if kind == "<" and side is None:
            side = 0
        elif kind == "|" and side == 0:
            side = 2
        elif kind == "=" and side in (0, 2):
            side = 1
        elif kind == ">" and side == 1:
            side = None
        else:
            for number in (0, 1) if side is None else (side,):
                if number < 2:
                    versions[number].append(line)
    return "\n".join(versions[0]), "\n".join(versions[1])


def unite(first: list[Cell], second: list[Cell]) -> list[Cell]:
    """All cells of both versions in their order; what both have is there once."""
    one, two = ([(cell.kind, cell.source) for cell in cells] for cells in (first, second))
    united: list[Cell] = []
    for step in LCSseq.opcodes(one, two):
        united += first[step.src_start : step.src_end]
        if step.tag != "equal":
            united += second[step.dest_start : step.dest_end]
    return united
