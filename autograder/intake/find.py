"""Which file of a submission is which notebook: by what is in it, then by its name."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from autograder.intake.align import align
from autograder.intake.archive import unzip
from autograder.intake.cells import Cell, Refused, bare, is_are, listed, quoted
from autograder.intake.folder import HandedIn
from autograder.intake.foreign import archive
from autograder.intake.python import bound, is_written
from autograder.intake.read import read_cells
from autograder.intake.skeleton import Skeleton
from autograder.intake.together import take_apart

MAX_READ = 40  # files of one submission that are looked into
LEVELS = 2  # of archives in archives


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


def find_notebooks(handed: HandedIn, skeletons: dict[str, Skeleton]) -> dict[str, Found]:
    """Find every notebook of the lab, by name without ending. Empties `handed`, whose files may be large."""
    troubles = dict(handed.left_out)
    open_archives(handed, troubles)
    by_notebook: dict[str, list[Candidate]] = {name: [] for name in skeletons}
    names = list(skeletons)
    order = {path: (is_side_file(path), named_like(path, names) is None, path) for path in handed.files}
    for path in sorted(order, key=lambda path: order[path])[:MAX_READ]:
        named = named_like(path, names)
        try:
            cells, repairs = read_cells(handed.files.pop(path))
        except Refused as refused:
            troubles[path] = str(refused)
            continue
        name = contents_of(cells, skeletons) or (named if ".ipynb" in path.lower() else None)
        if name:
            by_notebook[name].append(Candidate(path, cells, repairs))
    for name in skeletons:
        if not by_notebook[name]:
            by_notebook[name] = within_others(name, by_notebook, skeletons)
    result = {}
    for name, candidates in by_notebook.items():
        found = choose(name, candidates, skeletons[name]) if candidates else None
        result[name] = found or not_found(name, troubles, names)
    return result


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


def open_archives(handed: HandedIn, troubles: dict[str, str]) -> None:
    """Replace each zip archive by the files in it."""
    for _ in range(LEVELS):
        for path in [path for path, data in handed.files.items() if data[:4] == b"PK\x03\x04"]:
            try:
                for member, data in unzip(handed.files.pop(path)).items():
                    handed.files[f"{path}/{member}"] = data
            except Refused as refused:
                troubles[path] = f"was not opened: {refused}"
    for path, data in list(handed.files.items()):
        if what := "an archive in archives" if data[:4] == b"PK\x03\x04" else archive(data):
            del handed.files[path]
            troubles[path] = f"was not opened: it is {what}, and only zip archives with notebooks are opened"


def named_like(path: str, names: list[str]) -> str | None:
    """The notebook whose name a path is like: a copy of it, or with something in front or behind."""
    stem = re.sub(r"[^a-z0-9]+", "", PurePosixPath(path).name.lower().split(".ipynb")[0])
    words = {name: set(re.findall(r"[a-z0-9]+", name.lower())) for name in names}
    common = Counter(word for each in words.values() for word in each)
    scores = {name: sum(common[word] == 1 and word in stem for word in each) for name, each in words.items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] and list(scores.values()).count(scores[best]) == 1 else None


def contents_of(cells: list[Cell], skeletons: dict[str, Skeleton]) -> str | None:
    """The notebook that most of these cells belong to, if they belong to any."""
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
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] else None


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


def not_found(name: str, troubles: dict[str, str], names: list[str]) -> Found:
    """Why there is no such notebook: a file that could not be read, or none at all."""
    for path, trouble in troubles.items():
        named = named_like(path, names)
        may_be = named == name or (named is None and ".ipynb" in path.lower())
        if may_be or "was not opened" in trouble or "is a folder" in trouble:
            said = f"{quoted(path)}: {trouble}" if trouble[0].isupper() else f"{quoted(path)} {trouble}."
            return Found(status="refused", reason=said)
    reason = "This notebook was not handed in."
    if troubles:
        reason += f" Files that were not used: {listed(troubles)}."
    return Found(status="missing", reason=reason)
