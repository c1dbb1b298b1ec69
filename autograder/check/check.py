"""The check of the tests themselves: a bank of answers with known scores, and mutants of the solutions, graded.

Wheats are right answers written in another way, chaffs hold one mistake each, mutants are made from the
solutions, attacks try to get more or to take from others. All go through the same engine as submissions do,
on a trimmed copy of the lab.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from autograder.check.bank import Entry, build, expected_points, read_bank
from autograder.check.mutants import Mutant, mutants_of, read_equivalents
from autograder.check.tally import COLUMNS, Tally, as_text
from autograder.check.trim import trimmed
from autograder.course import (
    Course,
    SubmissionResult,
    forgeable,
    grade_id,
    is_solution,
    is_test,
    read_notebook,
    read_profiles,
    solution,
)
from autograder.grade import examine_all

#: Attacks run out of time by intent: with these limits that takes less of ours.
SHORT_LIMITS = """
c.Examine.cell_seconds = 3
c.Examine.call_seconds = 2
"""


class Check:
    """One check of a lab's tests. `lines` holds every difference, in words."""

    def __init__(self, course: Course, only: str = "") -> None:
        self.course = course
        self.lines: list[str] = []
        self.table: dict[str, Tally] = {}
        self.notes: list[str] = []
        self.same: list[str] = []  # mutants that change nothing
        self.forgeable = [
            f"{book}, {cell}: runs beside the student's code, so what it says can be forged ({reason})"
            for book, cell, reason in forgeable(course)
        ]
        for key, profile in read_profiles(course).items():
            place = ", ".join(key.split("/", 1))
            if profile.fails:
                self.lines.append(f"{place}: the master's own solution does not pass this test: {profile.fails}")
            if profile.blank:
                self.notes.append(f"{place}: gives {profile.blank:g} points to unwritten answers")
        self._books = {name: read_notebook(course.source / f"{name}.ipynb") for name in course.notebooks()}
        self._judges: dict[str, list[str]] = {}  # solution cell → test cells that follow it
        self._book_of: dict[str, str] = {}
        for name, book in self._books.items():
            latest = ""
            for cell in book.cells:
                self._book_of[grade_id(cell)] = name
                if is_written(cell):
                    self._judges[latest := grade_id(cell)] = []
                elif is_test(cell):
                    self.table[grade_id(cell)] = Tally()
                    if latest:
                        self._judges[latest].append(grade_id(cell))
        bank = course.home / "tests" / course.lab
        found = {
            f"{kind}-{entry.name}": entry
            for kind in ("class", "wheats", "chaffs", "hostile")
            if (bank / kind).is_dir()
            for entry in read_bank(bank / kind)
            if only in f"{kind}-{entry.name}"
        }
        self.entries = {name: entry for name, entry in found.items() if not entry.hostile}
        self.attacks = {name: entry for name, entry in found.items() if entry.hostile}
        made = [mutant for cell, text in self._solutions() for mutant in mutants_of(cell, text)]
        numbered = {f"mutant-{number:04}-{mutant.cell}": mutant for number, mutant in enumerate(made, 1)}
        self.mutants: dict[str, Mutant] = {name: mutant for name, mutant in numbered.items() if only in name}
        self._equivalents = read_equivalents(bank / "mutants.toml")
        if not only:
            known = {(mutant.cell, mutant.change) for mutant in made}
            self.lines += [f"mutants.toml: there is no such mutant: {key}" for key in set(self._equivalents) - known]

    def _solutions(self) -> Iterator[tuple[str, str]]:
        for book in self._books.values():
            for cell in book.cells:
                if is_written(cell):
                    yield grade_id(cell), solution(cell.source)

    def run(self, seed: str, jobs: int | None = None, level: str | None = None) -> None:
        """Grade all honest answers, with this seed of the tests' random inputs."""
        self._grade(self.entries, seed, jobs, level)

    def run_mutants(self, seed: str, jobs: int | None = None, level: str | None = None) -> None:
        """Grade the mutants: one seed is enough for them."""
        entries = {
            name: Entry(name, mutant.change, answers={mutant.cell: mutant.source})
            for name, mutant in self.mutants.items()
        }
        self._grade(entries, seed, jobs, level)

    def run_attacks(self, seed: str, jobs: int | None = None, level: str | None = None) -> None:
        """Grade the attacks, with short limits of time."""
        self._grade(self.attacks, seed, jobs, level, SHORT_LIMITS)

    def _grade(
        self, entries: dict[str, Entry], seed: str, jobs: int | None, level: str | None, limits: str = ""
    ) -> None:
        if not entries:
            return
        with tempfile.TemporaryDirectory() as folder:
            small = trimmed(self.course, Path(folder))
            with open(small.home / "nbgrader_config.py", "a") as config:
                config.write(limits)
            for name, entry in entries.items():
                self._hand_in(small, name, entry)
            results = examine_all(small, sorted(entries), seed, jobs, level)
            for result in tqdm(results, total=len(entries), desc=f"seed {seed}", disable=None):
                if result.student in self.mutants:
                    self._judge_mutant(self.mutants[result.student], result)
                else:
                    self._judge(result.student, entries[result.student], result, seed)

    def _hand_in(self, small: Course, student: str, entry: Entry) -> None:
        """Only the notebooks that differ from the reference are handed in, or all of them if that can be told of none.

        A file that is no notebook could be any of those that are not handed in.
        """
        touched = {self._book_of.get(cell, "") for cell in [*entry.answers, *entry.after]}
        folder = small.submission(student)
        folder.mkdir(parents=True)
        for name, text in build(entry, small).items():
            if entry.base == "release" or entry.files or not touched or name in touched:
                (folder / f"{name}.ipynb").write_text(text)

    def _judge(self, student: str, entry: Entry, result: SubmissionResult, seed: str) -> None:
        kind = student.split("-")[0]
        expected = expected_points(entry, self.course)
        full = expected_points(Entry("", ""), self.course)
        answered = {test for cell in entry.answers for test in self._judges.get(cell, [])}
        for book in result.notebooks:
            if book.status == "missing":
                continue
            if book.status == "failed":
                self.lines.append(f"{student}: {book.reason} (seed {seed})")
                continue
            flagged = {line.split("`")[1] for line in book.flags}
            if flagged != {name for name in entry.flags if self._book_of.get(name) == book.name}:
                self.lines.append(f"{student}: flagged in {book.name}: {sorted(flagged)}, expected: {entry.flags}")
            for test, wanted in expected.items():
                if self._book_of[test] != book.name:
                    continue
                got = book.cells[test].points
                messages = [check.message for check in book.cells[test].checks if check.message]
                if got != wanted:
                    said = "; ".join(messages) or "no message"
                    self.lines.append(f"{student}: {test} gave {got} points, expected {wanted:g} (seed {seed}): {said}")
                if kind == "chaffs" and got is not None and got < full[test]:
                    self.table[test].costs(full[test] - got)
                if entry.base == "release" and not (set(entry.answers) | set(entry.files)):
                    self.table[test].empty = max(self.table[test].empty or 0.0, got or 0.0)
                if kind == "wheats" and test in answered:
                    self.table[test].add(COLUMNS[0], got == wanted)
                if kind == "chaffs" and wanted < full[test]:
                    self.table[test].add(COLUMNS[1], got == wanted)
                if test in entry.messages:
                    named = any(entry.messages[test] in message for message in messages)
                    self.table[test].add(COLUMNS[2], named)
                    if not named:
                        self.lines.append(
                            f"{student}: {test} does not say '{entry.messages[test]}' (seed {seed}) but: {messages}"
                        )

    def _judge_mutant(self, mutant: Mutant, result: SubmissionResult) -> None:
        book = next(book for book in result.notebooks if book.status != "missing")
        lost = [name for name, cell in book.cells.items() if cell.points is not None and cell.points < cell.max_points]
        reason = self._equivalents.get((mutant.cell, mutant.change))
        what = f"{mutant.cell}: {mutant.change}"
        if book.status == "failed":
            self.lines.append(f"{what}: {book.reason}")
            return
        if reason is None:
            for test in self._judges[mutant.cell]:
                self.table[test].add(COLUMNS[3], bool(lost))
            if not lost:
                self.lines.append(f"a mutant survives: {what}")
        elif lost:
            self.lines.append(f"mutants.toml says that this changes nothing, but it loses points: {what}")
        else:
            self.same.append(f"changes nothing: {what} ({reason})")

    def named(self) -> tuple[int, int]:
        """How many chaffs there are, and how many of them have a message of their own."""
        chaffs = [entry for name, entry in self.entries.items() if name.startswith("chaffs-")]
        return sum(bool(entry.messages) for entry in chaffs), len(chaffs)

    def text(self) -> str:
        """The table, and one line of totals."""
        with_message, chaffs = self.named()
        wheats = sum(name.startswith("wheats-") for name in self.entries)
        return (
            f"{as_text(self.table)}\n\n{wheats} wheats, {chaffs} chaffs ({with_message} with a message of their own), "
            f"{len(self.mutants)} mutants ({len(self.same)} change nothing), {len(self.attacks)} attacks, "
            f"{len(self.lines)} differences"
        )


def is_written(cell: NotebookNode) -> bool:
    """Whether a cell is code of the student's that tests judge. Nothing catches a mutant of what a person grades."""
    return cell.cell_type == "code" and is_solution(cell) and not cell.metadata.nbgrader.get("grade")
