"""Writing what people decide about proofs into the gradebook: items of a rubric become nbgrader's manual score and
comment, in one transaction with our own rows and a line of the log.
"""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import Comment, Grade
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from autograder.record.proof_tables import DECISIONS, MARKS, RUBRIC
from autograder.record.results import NOTES
from autograder.record.standing import Place, Standing, question_points, standings
from autograder.record.writer import Writer


@dataclass(frozen=True)
class Item:
    """A line of a rubric: its points are given (below 0: taken) where an answer has it, its words go to the student."""

    id: str
    points: float
    words: str


@dataclass
class Outcome:
    """What became of a decision: for whom it was written, and for whom it was refused, why."""

    done: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


class Ledger:
    """An open gradebook in the hands of one person, `who`, at one page, `holder`."""

    def __init__(self, writer: Writer, who: str, holder: str = "") -> None:
        self.who = who[:128]
        self.holder = holder
        self.session: Session = writer.gradebook.db

    def items(self, place: Place) -> list[Item]:
        """The rubric of a question, in its order."""
        query = select(RUBRIC).filter_by(**place.row, removed=False).order_by(RUBRIC.c.position)
        return [Item(row["id"], row["points"], row["words"]) for row in self.session.execute(query).mappings()]

    def standings(self, place: Place) -> dict[str, Standing]:
        """How all answers to a question stand, by student."""
        self.session.rollback()  # sees what others have written since
        return standings(self.session, place)

    @contextlib.contextmanager
    def alone(self, lab: str) -> Iterator[None]:
        """One transaction that no other of ours runs beside: it begins by writing one row, and others wait for that."""
        self.session.rollback()
        try:
            touched = self.session.execute(update(NOTES).filter_by(lab=lab, key="proofs").values(value=self.who))
            if not touched.rowcount:  # type: ignore[attr-defined]
                self.session.execute(insert(NOTES).values(lab=lab, key="proofs", value=self.who))
            yield
            self.session.commit()
        except BaseException:
            self.session.rollback()
            raise

    def write(
        self, place: Place, batch: str, standing: Standing, items: Sequence[str], note: str, action: str, waits: bool
    ) -> None:
        """Write a decision about one answer. The score is the sum of its items, within 0 and the question's points."""
        rubric = [item for item in self.items(place) if item.id in items]
        most = question_points(self.session, place) or 0.0
        score = round(min(max(0.0, sum(item.points for item in rubric)), most), 4)
        words = comment(rubric, note)
        self.put(place, standing, score, words, waits, {"items": list(items), "note": note}, most)
        self.log(place, batch, standing.student, action, score, words, state(standing))

    def put(
        self,
        place: Place,
        standing: Standing,
        score: float | None,
        words: str,
        waits: bool,
        mark: dict[str, Any] | None,
        most: float,
    ) -> None:
        """Write one answer's rows, nbgrader's and ours (`mark`: its items and note; None for no row)."""
        values = {"manual_score": score, "needs_manual_grade": waits}
        self.session.execute(update(Grade.__table__).where(Grade.id == standing.grade).values(**values))
        if standing.remark:  # nbgrader's automatic comment shows where this is null
            row = update(Comment.__table__).where(Comment.id == standing.remark)
            self.session.execute(row.values(manual_comment=words or None))
        key = {**place.row, "student": standing.student}
        self.session.execute(delete(MARKS).filter_by(**key))
        if mark:
            own = {"items": json.dumps(mark["items"]), "note": mark["note"], "score": score or 0.0, "comment": words}
            self.session.execute(insert(MARKS).values(**key, **own, out_of=most))

    def log(
        self, place: Place, batch: str, student: str, action: str, score: float | None, words: str, before: Any
    ) -> None:
        """Note who did what, and what was there before."""
        row = {"batch": batch, "who": self.who, "at": utc_now(), "student": student, "action": action}
        values = {"score": score, "comment": words, "before": json.dumps(before), "undone": False}
        self.session.execute(insert(DECISIONS).values(**place.row, **row, **values))


def state(standing: Standing) -> dict[str, Any]:
    """What undoing brings back."""
    mark = standing.mark and {"items": list(standing.mark.items), "note": standing.mark.note}
    return {"score": standing.score, "comment": standing.comment, "waits": standing.waits, "mark": mark}


def comment(rubric: Sequence[Item], note: str) -> str:
    """The comment that a student reads, in Markdown: a line for each item, and the note."""
    lines = [f"- {points(item.points)}{item.words}" for item in rubric]
    return "\n\n".join(part for part in ("\n".join(lines), note.strip()) if part)


def points(number: float) -> str:
    """Points before words: "+1: ", "−0.5: ", and nothing for 0."""
    return f"{number:+g}: ".replace("-", "−") if number else ""


def utc_now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
