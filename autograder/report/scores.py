"""The scores of a lab as rows: one a student, with points by notebook, from nbgrader's gradebook."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from autograder.record import Writer


@dataclass(frozen=True)
class Row:
    """The scores of one student. `remark` says what a person should know about it."""

    student: str
    scores: dict[str, float]
    total: float
    maximum: float
    remark: str


def read_scores(writer: Writer) -> list[Row]:
    """The scores as they stand, manual ones and late penalties included."""
    for line in writer.apply_late_rules():
        print(line, file=sys.stderr)
    results = {result.student: result for result in writer.results()}
    rows = []
    for student, sheet in sorted(writer.sheets().items()):
        remarks = []
        if sheet.needs_person:
            remarks.append("needs a person")
        if student in results:
            short = short_names([book.name for book in results[student].notebooks])
            for book in results[student].notebooks:
                name = short[book.name]
                if book.status != "graded":
                    remarks.append(f"{name}: {book.status}")
                remarks += [f"{name}: {line}" for line in book.log[:1]]
        scores = {book.name: book.score for book in sheet.books.values()}
        rows.append(Row(student, scores, sheet.score - sheet.penalty, sheet.maximum, "; ".join(remarks)))
    return rows


def short_names(names: list[str]) -> dict[str, str]:
    """What notebooks are called in a table: by their first words (exercise1), where these tell them apart."""
    short = {name: name.split("_")[0] for name in names}
    return short if len(set(short.values())) == len(names) else {name: name for name in names}


def table(rows: list[Row]) -> str:
    """The rows as a table of plain text."""
    names = sorted({name for row in rows for name in row.scores})
    head = ["student", *short_names(names).values(), "total", "remark"]
    lines = [head]
    for row in rows:
        scores = [f"{row.scores.get(name, 0):g}" for name in names]
        remark = row.remark if len(row.remark) <= 60 else row.remark[:57] + "..."
        lines.append([row.student, *scores, f"{row.total:g}/{row.maximum:g}", remark])
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    right = range(1, len(head) - 1)
    texts = []
    for line in lines:
        cells = [
            text.rjust(width) if i in right else text.ljust(width) for i, (text, width) in enumerate(zip(line, widths))
        ]
        texts.append("  ".join(cells).rstrip())
    return "\n".join([texts[0], "-" * max(map(len, texts)), *texts[1:]])
