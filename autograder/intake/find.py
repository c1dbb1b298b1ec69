"""Which file of a submission is which notebook: by what is in it, then by its name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.intake.align import align
from autograder.intake.archive import open_archives
from autograder.intake.cells import Cell, Refused, bare, is_are, listed, quoted
from autograder.intake.folder import HandedIn
from autograder.intake.guard import guarded
from autograder.intake.python import bound, is_written
from autograder.intake.read import read_cells
from autograder.intake.skeleton import Skeleton
from autograder.intake.together import take_apart
from autograder.intake.wanted import LEFT_ALONE

MAX_READ = 40  # files of one submission that are opened
SECONDS = 30.0  # of CPU time for all of them


@dataclass
class Found:
    """A notebook of the lab in a submission: its cells, or a `status` "missing" or "refused" with a reason."""

    cells: list[Cell] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    status: str = "graded"
    reason: str = ""


@dataclass
class Candidate:
    """A file that could be read."""

    path: str
    cells: list[Cell]
    repairs: list[str]


def find_notebooks(
    handed: HandedIn, skeletons: dict[str, Skeleton], given: frozenset[str] = frozenset()
) -> dict[str, Found]:
    """Find every notebook of the lab, by name without ending. Empties `handed`, whose files may be large.

    `given`: names of the files that the lab is handed out with; to find them again means nothing.
    """
    try:
        with guarded("Reading what was handed in", SECONDS):
            return find(handed, skeletons, given)
    except Refused as refused:
        return {name: Found(status="refused", reason=str(refused)) for name in skeletons}


def find(handed: HandedIn, skeletons: dict[str, Skeleton], given: frozenset[str]) -> dict[str, Found]:
    troubles = dict(handed.left_out)
    open_archives(handed, troubles)
    by_notebook: dict[str, list[Candidate]] = {name: [] for name in skeletons}
    names = list(skeletons)
    for number, path in enumerate(sorted(handed.files, key=lambda path: order(path, names))):
        data = handed.files.pop(path)
        if number >= MAX_READ:
            troubles[path] = f"comes after the first {MAX_READ} files that were opened"
            continue
        named = named_like(path, names)
        try:
            cells, repairs = read_cells(data)
        except Refused as refused:
            troubles[path] = str(refused)
            continue
        name = contents_of(cells, skeletons, named) or (named if ".ipynb" in path.lower() else None)
        if name:
            by_notebook[name].append(Candidate(path, cells, repairs))
        else:
            troubles[path] = "has nothing of this lab in it"
    for name in skeletons:
        if not by_notebook[name]:
            by_notebook[name] = within_others(name, by_notebook, skeletons)
    some = any(by_notebook.values())
    unused = [path for path, why in troubles.items() if not (some and is_usual(path, why, given))]
    result = {}
    for name, candidates in by_notebook.items():
        found = choose(name, candidates, skeletons[name]) if candidates else None
        result[name] = found or not_found(name, troubles, unused, names)
    return result


def order(path: str, names: list[str]) -> tuple[bool, bool, bool, str]:
    """In which order files are opened: notebooks first, then what is named like one."""
    return is_side_file(path), ".ipynb" not in path.lower(), named_like(path, names) is None, path


def is_usual(path: str, why: str, given: frozenset[str]) -> bool:
    """Whether it means nothing that a file was not used: it lies beside every notebook."""
    return why == LEFT_ALONE or is_side_file(path) or PurePosixPath(path).name in given


def within_others(
    name: str, by_notebook: dict[str, list[Candidate]], skeletons: dict[str, Skeleton]
) -> list[Candidate]:
    """A notebook without a file of its own, where it is in that of another one. Its cells are taken from there."""
    for candidate in [each for candidates in by_notebook.values() for each in candidates]:
        taken, rest = take_apart(candidate.cells, name, skeletons)
        if taken:
            candidate.cells = rest
            candidate.repairs.append(
                f"The file held {quoted(name)} as well; its cells were taken out and graded there."
            )
            return [Candidate(candidate.path, taken, candidate.repairs[:-1])]
    return []


def is_side_file(path: str) -> bool:
    """Whether macOS has put this beside the file itself."""
    return PurePosixPath(path).name.startswith("._")


def named_like(path: str, names: list[str]) -> str | None:
    """The notebook whose name a path is like: a copy of it, or with something in front or behind."""
    stem = re.sub(r"[^a-z0-9]+", "", PurePosixPath(path).name.lower().split(".ipynb")[0])
    words = {name: set(re.findall(r"[a-z0-9]+", name.lower())) for name in names}
    common = Counter(word for each in words.values() for word in each)
    scores = {name: sum(common[word] == 1 and word in stem for word in each) for name, each in words.items()}
    if not any(scores.values()):  # lab01.ipynb beside lab01_ans.ipynb has no word of its own
        there = set(re.findall(r"[a-z0-9]+", PurePosixPath(path).name.lower()))
        scores = {name: len(each) if each <= there else 0 for name, each in words.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] and list(scores.values()).count(scores[best]) == 1 else None


def contents_of(cells: list[Cell], skeletons: dict[str, Skeleton], named: str | None) -> str | None:
    """The notebook that most of these cells belong to, if they belong to any; of several the one that is `named`."""
    ids = {cell.grade_id for cell in cells} | {cell.id for cell in cells}
    texts = {bare(cell.source) for cell in cells}
    defined = frozenset().union(*(bound(cell.source) for cell in cells))
    keys = Counter(part.key for skeleton in skeletons.values() for part in skeleton.parts)
    sources = Counter(part.bare for skeleton in skeletons.values() for part in skeleton.parts)
    scores = {
        name: sum(
            (part.key in ids and keys[part.key] == 1)
            + (part.bare in texts and sources[part.bare] == 1)
            + bool(part.names and part.names <= defined)
            for part in skeleton.parts
        )
        for name, skeleton in skeletons.items()
    }
    most = max(scores.values())
    best = [name for name, score in scores.items() if score == most]
    return (named if named in best else best[0]) if most else None


def choose(name: str, candidates: list[Candidate], skeleton: Skeleton) -> Found:
    """Of several files for one notebook the one with the most answers counts, then the one with the right name."""
    right = f"{name}.ipynb"
    ranked = sorted(
        candidates,
        key=lambda each: (
            ".ipynb_checkpoints" in each.path,
            -count_answers(each.cells, skeleton) if len(candidates) > 1 else 0,
            each.path != right,
            each.path.count("/"),
            each.path,
        ),
    )
    best = ranked[0]
    others = [each.path for each in ranked[1:] if ".ipynb_checkpoints" not in each.path]
    repairs = [] if best.path == right else [f"The notebook was handed in as {quoted(best.path)}."]
    if others:
        repairs.append(
            f"{listed(others)} {is_are(others)} of the same notebook; {quoted(best.path)} was graded, since no "
            "other one has more answers."
        )
    return Found(best.cells, [*repairs, *best.repairs])


def count_answers(cells: list[Cell], skeleton: Skeleton) -> int:
    answers = align(cells, skeleton).answers
    return sum(is_written(answers.get(part.key, ""), part.source, part.kind) for part in skeleton.answers)


def not_found(name: str, troubles: dict[str, str], unused: list[str], names: list[str]) -> Found:
    """Why there is no such notebook: a file that could not be read, or none at all."""
    for path, trouble in troubles.items():
        named = named_like(path, names)
        may_be = named == name or (named is None and ".ipynb" in path.lower())
        if may_be or "was not opened" in trouble or "is a folder" in trouble:
            said = f"{quoted(path)}: {trouble}" if trouble[0].isupper() else f"{quoted(path)} {trouble}."
            return Found(status="refused", reason=said)
    if unused:
        reason = f"This notebook was not found. Files that were not used: {listed(unused)}."
        return Found(status="refused", reason=reason)
    return Found(status="missing", reason="This notebook was not handed in.")
