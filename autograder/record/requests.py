"""Regrade requests: what students ask about a grade that a person gave, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass

from nbgrader.api import new_uuid
from sqlalchemy import insert, inspect, select, update
from sqlalchemy.orm import Session

from autograder.record.ledger import Ledger, utc_now
from autograder.record.proof_tables import REQUESTS
from autograder.record.standing import Place


@dataclass(frozen=True)
class Request:
    """A student's question about one answer, and the reply, if there is one."""

    id: str
    student: str
    cell: str
    question: str
    reply: str | None


def read_requests(session: Session, lab: str, notebook: str, student: str | None = None) -> list[Request]:
    """The requests about a notebook, of all students or of one, oldest first; none where nbgrader graded alone."""
    if not inspect(session.connection()).has_table(REQUESTS.name):
        return []
    query = select(REQUESTS).filter_by(lab=lab, notebook=notebook).order_by(REQUESTS.c.asked, REQUESTS.c.id)
    if student is not None:
        query = query.filter_by(student=student)
    names = ("id", "student", "cell", "question", "reply")
    return [Request(**{name: row[name] for name in names}) for row in session.execute(query).mappings()]


def ask(ledger: Ledger, place: Place, student: str, question: str) -> bool:
    """Note a request. The same question of the same student is noted once: returns whether it is new."""
    with ledger.alone(place.lab):
        row = {**place.row, "student": student, "question": question}
        if ledger.session.execute(select(REQUESTS.c.id).filter_by(**row)).first():
            return False
        ledger.session.execute(insert(REQUESTS).values(**row, id=new_uuid(), asked=utc_now()))
    return True


def reply(ledger: Ledger, place: Place, id: str, text: str) -> None:
    """Answer a request; an empty text opens it again. KeyError if there is none of this id."""
    with ledger.alone(place.lab):
        row = {"reply": text or None, "who": ledger.who, "replied": utc_now()}
        student = ledger.session.execute(select(REQUESTS.c.student).filter_by(id=id, **place.row)).scalar()
        if student is None:
            raise KeyError(f"{place.cell} has no such request")
        ledger.session.execute(update(REQUESTS).filter_by(id=id).values(**row))
        ledger.log(place, new_uuid(), student, "request answered", None, text, {})
