"""Decisions about proofs: grading one answer or many, taking over from formgrader, undoing, and the log of it all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nbgrader.api import new_uuid
from sqlalchemy import RowMapping, delete, insert, select, update

from autograder.record.holds import held_by_others
from autograder.record.ledger import Outcome, state
from autograder.record.proof_tables import APART, DECISIONS
from autograder.record.rubric import Rubric
from autograder.record.standing import Place, Standing, question_points, same, standings

UNDONE = ("graded", "taken over", "taken out of its group", "item added", "item changed")  # what can be


class Marking(Rubric):
    """A ledger in which answers are graded. What was typed in formgrader is never overwritten."""

    def decide(self, place: Place, students: Mapping[str, str], items: Sequence[str], note: str) -> Outcome:
        """Give these students the items and the note. With each stands the version (see Standing) that was seen."""
        outcome = Outcome()
        with self.alone(place.lab):
            now, batch = standings(self.session, place, students), new_uuid()
            held = held_by_others(self, place)
            known = {item.id for item in self.items(place)}
            chosen = [id for id in items if id in known]
            for student in students:
                if student not in now:
                    outcome.refused[student] = "is not in the gradebook any more"
                elif student in held:
                    outcome.refused[student] = f"{held[student]} has it now"
                elif now[student].version != students[student]:
                    outcome.refused[student] = "was graded by somebody else in the meantime: look again"
                elif now[student].foreign:
                    outcome.refused[student] = "was graded in formgrader: take it over first"
                else:
                    self.write(place, batch, now[student], chosen, note, "graded", False)
                    outcome.done.append(student)
        return outcome

    def take_over(self, place: Place, student: str) -> Outcome:
        """Grade here what was graded in formgrader: score and comment stay until the next decision, and the comment
        becomes its note, so that no word is lost.
        """
        outcome = Outcome()
        with self.alone(place.lab):
            standing = standings(self.session, place, [student]).get(student)
            held = held_by_others(self, place)
            if standing is None or not standing.foreign:
                outcome.refused[student] = "was not graded in formgrader"
            elif student in held:
                outcome.refused[student] = f"{held[student]} has it now"
            else:
                score, most = standing.score or 0.0, question_points(self.session, place) or 0.0
                self.put(place, standing, score, standing.comment, True, {"items": [], "note": standing.comment}, most)
                self.log(place, new_uuid(), student, "taken over", score, standing.comment, state(standing))
                outcome.done.append(student)
        return outcome

    def apart(self, place: Place) -> set[str]:
        """The students whose answers were taken out of their groups."""
        return set(self.session.execute(select(APART.c.student).filter_by(**place.row)).scalars())

    def take_apart(self, place: Place, student: str) -> None:
        """Take an answer out of its group."""
        with self.alone(place.lab):
            if student not in self.apart(place):
                self.session.execute(insert(APART).values(**place.row, student=student))
                self.log(place, new_uuid(), student, "taken out of its group", None, "", {})

    def undo(self, lab: str) -> tuple[str, Place | None, Outcome]:
        """Take back this person's last decision that stands. Returns what it was, about which question, and for whom
        it was taken back.

        Who was graded by somebody else since is left as it is. The action is empty if there is nothing to undo.
        """
        outcome = Outcome()
        with self.alone(lab):
            log = DECISIONS.c
            query = select(log.batch).filter_by(lab=lab, who=self.who, undone=False).where(log.action.in_(UNDONE))
            batch = self.session.execute(query.order_by(log.id.desc()).limit(1)).scalar()
            if batch is None:
                return "", None, outcome
            rows = list(self.session.execute(select(DECISIONS).filter_by(batch=batch).order_by(log.id)).mappings())
            self.session.execute(update(DECISIONS).filter_by(batch=batch).values(undone=True))
            place = Place(rows[0]["lab"], rows[0]["notebook"], rows[0]["cell"])
            before = json.loads(rows[0]["before"])
            new = new_uuid()
            if rows[0]["action"] in ("item changed", "item added"):
                id, points, words, removed = (before[name] for name in ("item", "points", "words", "removed"))
                return rows[0]["action"], place, self.alter_item(place, new, id, points, words, removed, "undone")
            if rows[0]["action"] == "taken out of its group":
                self.session.execute(delete(APART).filter_by(**place.row, student=rows[0]["student"]))
                self.log(place, new, rows[0]["student"], "undone", None, "", {})
                outcome.done.append(rows[0]["student"])
                return rows[0]["action"], place, outcome
            now = standings(self.session, place, [row["student"] for row in rows])
            for row in rows:
                self._undo(place, new, row, now.get(row["student"]), outcome)
            return rows[0]["action"], place, outcome

    def _undo(self, place: Place, batch: str, row: RowMapping, standing: Standing | None, outcome: Outcome) -> None:
        """Bring back what a line of the log replaced, if that is still what stands."""
        student = row["student"]
        if standing is None or not same(standing.score, row["score"]) or standing.comment != row["comment"]:
            outcome.refused[student] = "was graded again since"
            return
        before, most = json.loads(row["before"]), question_points(self.session, place) or 0.0
        self.put(place, standing, before["score"], before["comment"], before["waits"], before["mark"], most)
        self.log(place, batch, student, "undone", before["score"], before["comment"], state(standing))
        outcome.done.append(student)

    def decisions(self, lab: str) -> list[dict[str, Any]]:
        """The log: who decided what about whom, and when, oldest first."""
        query = select(DECISIONS).filter_by(lab=lab).order_by(DECISIONS.c.id)
        names = ("at", "who", "action", "notebook", "cell", "student", "score", "comment")
        return [{name: row[name] for name in names} for row in self.session.execute(query).mappings()]
