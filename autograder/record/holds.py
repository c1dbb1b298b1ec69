"""Who has which answers before them: two people who grade at the same time do not get the same ones."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sqlalchemy import delete, insert, select

from autograder.record.ledger import Ledger
from autograder.record.proof_tables import HOLDS
from autograder.record.standing import Place

SECONDS = 120.0  # a hold lasts: a page that is open renews it (see proofs.js), one that was closed does not


def held_by_others(ledger: Ledger, place: Place) -> dict[str, str]:
    """The students of a question whose answers somebody else has, and who that is."""
    query = select(HOLDS.c.student, HOLDS.c.who).filter_by(**place.row)
    query = query.where(HOLDS.c.holder != ledger.holder, HOLDS.c.until > time.time())
    return {student: who for student, who in ledger.session.execute(query)}


def hold(ledger: Ledger, place: Place, students: Iterable[str]) -> dict[str, str]:
    """Hold these answers, all or none, and let go what the ledger's page held before.

    Returns who has which of them where somebody else does; then nothing is held.
    """
    students = list(students)
    with ledger.alone(place.lab):
        ledger.session.execute(delete(HOLDS).filter_by(lab=place.lab, holder=ledger.holder))
        others = {student: who for student, who in held_by_others(ledger, place).items() if student in set(students)}
        if students and not others:
            ledger.session.execute(delete(HOLDS).filter_by(**place.row).where(HOLDS.c.student.in_(students)))
            row = {**place.row, "holder": ledger.holder, "who": ledger.who, "until": time.time() + SECONDS}
            ledger.session.execute(insert(HOLDS), [{**row, "student": student} for student in students])
    return others
