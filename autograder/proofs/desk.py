"""What one person sees and decides, as plain data for the page: names are replaced by numbers unless asked for."""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from nbformat.v4 import new_markdown_cell

from autograder.course import Course, CourseError
from autograder.proofs.answers import Answer, read_answers, show
from autograder.proofs.groups import Group
from autograder.proofs.questions import Question, read_questions
from autograder.proofs.units import Grouping, follow, units, waits
from autograder.record import (
    Marking,
    Outcome,
    Request,
    Standing,
    Writer,
    ask,
    hold,
    read_requests,
    reply,
)
from autograder.report import Headings, to_html

MAX_TRIED = 20  # units that others have, before the page is told so


class Desk:
    """The questions of a lab that a person grades, and an open gradebook. CourseError if there is nothing to grade."""

    def __init__(self, course: Course, writer: Writer, who: str) -> None:
        self.course = course
        self.who = who
        self._writer = writer
        self._key = secrets.token_bytes(16)
        self._seed = writer.note("seed") or ""
        self.questions = {question.id: question for question in read_questions(course)}
        self._groupings = {id: Grouping() for id in self.questions}
        if not self.questions:
            raise CourseError(f"{course.lab} has no question that a person grades.")
        for question in self.questions.values():
            self.marking("").open_question(question.place, question.items)
            self._groups(question, read_answers(course, question, self._seed))  # read before the page is opened

    def marking(self, page: str) -> Marking:
        """The gradebook in the hands of one page of this person's."""
        return Marking(self._writer, self.who, page)

    # ------------------------------------------------------------------ reading

    def overview(self) -> list[dict[str, Any]]:
        """The questions, with how many answers there are and how many are done."""
        shown = []
        for question in self.questions.values():
            standings, requests = self._standings(question)
            done = [not waits(each, requests[student]) for student, each in standings.items()]
            shown.append(
                {
                    "id": question.id,
                    "points": question.points,
                    "text": Headings(level=1).to_html(new_markdown_cell(question.text)),
                    "scheme": to_html(question.scheme),
                    "right": to_html(question.right) if question.kind == "markdown" else "",
                    "done": sum(done),
                    "count": len(done),
                }
            )
        return shown

    def unit(self, page: str, question: Question, direction: str, place: int, names: bool) -> dict[str, Any]:
        """The next unit in a direction that nobody else has, held for this page. Without cards if there is none."""
        answers = read_answers(self.course, question, self._seed)
        standings, requests = self._standings(question)
        marking = self.marking(page)
        found = units(self._groups(question, answers), answers, standings, requests)
        done = sum(not waits(standing, requests[student]) for student, standing in standings.items())
        shown: dict[str, Any] = {"question": question.id, "done": done, "count": len(standings), "cards": []}
        shown["place"] = place  # of what was there before, where somebody else has all
        shown["items"] = [vars(item) for item in marking.items(question.place)]
        others: dict[str, str] = {}
        for unit in follow(found, direction, place)[:MAX_TRIED]:
            others = hold(marking, question.place, unit.students)
            if not others:
                cards = [self._card(question, answers[each], standings[each], requests[each]) for each in unit.students]
                for card, student in zip(cards, unit.students):
                    card["name"] = student if names else ""
                return shown | {"place": unit.place, "kind": unit.kind, "waits": unit.waits, "cards": cards}
        shown["others"] = sorted(set(others.values()))
        return shown

    def renew(self, page: str, question: Question, cards: list[str]) -> bool:
        """Hold these cards for longer. Returns whether nobody else has got one of them."""
        students = [self.student(question, card) for card in cards]
        return not hold(self.marking(page), question.place, students)

    def _groups(self, question: Question, answers: dict[str, Answer]) -> list[Group]:
        apart = self.marking("").apart(question.place)
        return self._groupings[question.id].groups(question, answers, apart)

    def _standings(self, question: Question) -> tuple[dict[str, Standing], Mapping[str, list[Request]]]:
        marking, place = self.marking(""), question.place
        standings = marking.standings(place)
        requests: Mapping[str, list[Request]] = defaultdict(list)
        for request in read_requests(marking.session, place.lab, place.notebook):
            if request.cell == place.cell:
                requests[request.student].append(request)
        return standings, requests

    def _card(self, question: Question, answer: Answer, standing: Standing, requests: list[Request]) -> dict[str, Any]:
        """An answer as the page shows it."""
        mark = standing.mark if standing.ours else None
        return {
            "id": self.card(question, answer.student),
            "number": answer.number,
            "html": show(answer, question),
            "digest": answer.text.digest,
            "version": standing.version,
            "waits": standing.waits,
            "foreign": standing.foreign,
            "score": standing.score if standing.score is not None else standing.automatic_score,
            "graded": standing.score is not None,
            "items": list(mark.items) if mark else [],
            "note": mark.note if mark else "",
            "comment": to_html(standing.comment) if standing.foreign and standing.comment else "",
            "automatic": standing.automatic,
            "requests": [{"id": each.id, "question": each.question, "reply": each.reply or ""} for each in requests],
        }

    # ------------------------------------------------------------------ cards and students

    def card(self, question: Question, student: str) -> str:
        """What stands for a student on the page: of no use to anybody else."""
        return hmac.new(self._key, f"{question.id} {student}".encode(), "sha256").hexdigest()[:20]

    def student(self, question: Question, card: str) -> str:
        """Whose card it is. KeyError if it is nobody's."""
        for student in self.marking("").standings(question.place):
            if hmac.compare_digest(self.card(question, student), card):
                return student
        raise KeyError("this answer is not there any more; open the question again")

    # ------------------------------------------------------------------ deciding

    def decide(
        self, page: str, question: Question, cards: list[dict[str, str]], items: list[str], note: str
    ) -> dict[str, Any]:
        """Grade cards, each given with the digest of the text and the version of the decision that were looked at."""
        texts = read_answers(self.course, question, self._seed)
        students, refused = {}, {}
        own = {self.card(question, student): student for student in texts}
        for card in cards:
            student = own.get(card["id"], "")
            if not student or texts[student].text.digest != card["digest"]:
                refused[card["id"]] = "the answer has changed in the meantime: look again"
            else:
                students[student] = card["version"]
        told = self.told(question, self.marking(page).decide(question.place, students, items, note))
        return {"done": told["done"], "refused": {**refused, **told["refused"]}}

    def told(self, question: Question, outcome: Outcome) -> dict[str, Any]:
        """An outcome with cards in the place of students."""
        refused = {self.card(question, student): why for student, why in outcome.refused.items()}
        return {"done": [self.card(question, student) for student in outcome.done], "refused": refused}

    def undo(self, page: str) -> dict[str, Any]:
        """Take back this person's last decision: what it was (empty if there is none), and where to look for it."""
        action, where, outcome = self.marking(page).undo(self.course.lab)
        question = self.questions.get(f"{where.notebook}/{where.cell}") if where else None
        if question is None:
            return {"action": action, "done": [], "refused": {}}
        answers = read_answers(self.course, question, self._seed)
        place = min((answers[student].number for student in outcome.done if student in answers), default=0)
        return {"action": action, "question": question.id, "place": place, **self.told(question, outcome)}

    def take_apart(self, page: str, question: Question, card: str) -> None:
        self.marking(page).take_apart(question.place, self.student(question, card))

    def take_over(self, page: str, question: Question, card: str) -> dict[str, Any]:
        return self.told(question, self.marking(page).take_over(question.place, self.student(question, card)))

    def ask(self, page: str, question: Question, card: str, text: str) -> bool:
        """Note a regrade request that was typed in. Returns whether it is new."""
        return ask(self.marking(page), question.place, self.student(question, card), text)

    def reply(self, page: str, question: Question, request: str, text: str) -> None:
        reply(self.marking(page), question.place, request, text)

    def text_of(self, question: Question, card: str) -> str:
        """What a student wrote."""
        student = self.student(question, card)
        return read_answers(self.course, question, self._seed)[student].text.source
