"""The rubric of a question: its items may change while people grade, and reach everybody who has them."""

from __future__ import annotations

from collections.abc import Sequence

from nbgrader.api import new_uuid
from sqlalchemy import insert, select, update

from autograder.course import CourseError, command
from autograder.record.ledger import Ledger, Outcome
from autograder.record.proof_tables import MARKS, RUBRIC
from autograder.record.standing import Place, question_points, standings


class Rubric(Ledger):
    """A ledger that can change the rubrics of questions."""

    def open_question(self, place: Place, first: Sequence[tuple[float, str]]) -> None:
        """Give a question its first items, (points, words), if it never had any; bring points in line with a release
        that changed those of the question. CourseError if the question is not in the gradebook.
        """
        with self.alone(place.lab):
            most = question_points(self.session, place)
            if most is None:
                raise CourseError(
                    f"{place.notebook}, {place.cell}: is not in the gradebook. "
                    f"Run `{command('autograde', None, f'LAB={place.lab}', f'--lab {place.lab}')}` first."
                )
            if self.session.execute(select(RUBRIC.c.id).filter_by(**place.row)).first() is None:
                for position, (points, words) in enumerate(first):
                    self._insert(place, position, points, words, most)
            for table, name in ((RUBRIC, "points"), (MARKS, "score")):
                column = table.c[name]
                scaled = {name: column * most / table.c.out_of, "out_of": most}
                where = table.c.out_of != most, table.c.out_of > 0
                self.session.execute(update(table).filter_by(**place.row).where(*where).values(**scaled))

    def add_item(self, place: Place, points: float, words: str) -> str:
        """A new item, the last of the rubric. Returns its id."""
        with self.alone(place.lab):
            positions = list(self.session.execute(select(RUBRIC.c.position).filter_by(**place.row)).scalars())
            most = question_points(self.session, place) or 0.0
            id = self._insert(place, max(positions, default=-1) + 1, points, words, most)
            before = {"item": id, "points": points, "words": words, "removed": True}
            self.log(place, new_uuid(), "", "item added", points, words, before)
        return id

    def _insert(self, place: Place, position: int, points: float, words: str, most: float) -> str:
        id = new_uuid()
        row = {"id": id, "position": position, "points": points, "words": words, "removed": False, "out_of": most}
        self.session.execute(insert(RUBRIC).values(**place.row, **row))
        return id

    def change_item(self, place: Place, id: str, points: float, words: str, removed: bool = False) -> Outcome:
        """Change an item, and with it the score and comment of all who have it.

        Whoever was graded in formgrader since keeps what was typed there, and is named in the outcome.
        KeyError if the question has no such item.
        """
        with self.alone(place.lab):
            return self.alter_item(place, new_uuid(), id, points, words, removed, "item changed")

    def alter_item(
        self, place: Place, batch: str, id: str, points: float, words: str, removed: bool, action: str
    ) -> Outcome:
        """The same within a transaction."""
        row = self.session.execute(select(RUBRIC).filter_by(id=id, **place.row)).mappings().first()
        if row is None:
            raise KeyError(f"{place.cell} has no such item")
        before = {"item": id, **{name: row[name] for name in ("points", "words", "removed")}}
        values = {"points": points, "words": words, "removed": removed}
        self.session.execute(update(RUBRIC).filter_by(id=id).values(**values))
        self.log(place, batch, "", action, points, words, before)
        outcome = Outcome()
        for student, standing in standings(self.session, place).items():
            if standing.mark is None or id not in standing.mark.items:
                continue
            if standing.ours:
                self.write(place, batch, standing, standing.mark.items, standing.mark.note, action, standing.waits)
                outcome.done.append(student)
            else:
                outcome.refused[student] = "was graded in formgrader since; nothing is changed there"
        return outcome
