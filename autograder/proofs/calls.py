"""What the page may ask for, each call by its name, and the checking of what comes with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from autograder.proofs.desk import Desk
from autograder.proofs.questions import Question

MAX_TEXT = 20_000  # characters of a comment, a request, an item


class Asked:
    """A request of the page, whose parts are what they should be: KeyError, TypeError or ValueError if not."""

    def __init__(self, desk: Desk, page: str, body: dict[str, Any]) -> None:
        self.desk, self.page, self._body = desk, page, body
        if not isinstance(body, dict):
            raise ValueError("an object is wanted")

    @property
    def question(self) -> Question:
        if self.text("question") not in self.desk.questions:
            raise ValueError("there is no such question")
        return self.desk.questions[self.text("question")]

    def text(self, name: str) -> str:
        value = self._body.get(name)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            raise ValueError(f"{name} is no text, or too long")
        return value

    def number(self, name: str) -> float:
        value = self._body.get(name)
        if not isinstance(value, int | float) or not -1000 <= value <= 100_000:
            raise ValueError(f"{name} is no number, or too large")
        return value

    def texts(self, name: str) -> list[str]:
        values = self._body.get(name)
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ValueError(f"{name} is no list of texts")
        return values

    def cards(self) -> list[dict[str, str]]:
        cards = self._body.get("cards")
        if not isinstance(cards, list):
            raise ValueError("cards is no list")
        return [{name: str(card[name]) for name in ("id", "digest", "version")} for card in cards]

    def flag(self, name: str) -> bool:
        return self._body.get(name) is True


def unit(asked: Asked) -> dict[str, Any]:
    place, direction = int(asked.number("place")), asked.text("direction")
    return asked.desk.unit(asked.page, asked.question, direction, place, asked.flag("names"))


def item(asked: Asked) -> dict[str, Any]:
    """Change an item of the rubric, or add one where no id is given."""
    marking, question, words = asked.desk.marking(asked.page), asked.question, " ".join(asked.text("words").split())
    if not words:
        raise ValueError("an item needs words")
    if not asked.text("id"):
        marking.add_item(question.place, asked.number("points"), words)
        return {"done": [], "refused": {}}
    outcome = marking.change_item(
        question.place, asked.text("id"), asked.number("points"), words, asked.flag("removed")
    )
    return asked.desk.told(question, outcome)


def decide(asked: Asked) -> dict[str, Any]:
    return asked.desk.decide(asked.page, asked.question, asked.cards(), asked.texts("items"), asked.text("note"))


CALLS: dict[str, Callable[[Asked], Any]] = {
    "overview": lambda asked: {"who": asked.desk.who, "lab": asked.desk.course.lab, "questions": asked.desk.overview()},
    "unit": unit,
    "renew": lambda asked: asked.desk.renew(asked.page, asked.question, asked.texts("cards")),
    "decide": decide,
    "item": item,
    "undo": lambda asked: asked.desk.undo(asked.page),
    "apart": lambda asked: asked.desk.take_apart(asked.page, asked.question, asked.text("card")),
    "take-over": lambda asked: asked.desk.take_over(asked.page, asked.question, asked.text("card")),
    "ask": lambda asked: asked.desk.ask(asked.page, asked.question, asked.text("card"), asked.text("text")),
    "reply": lambda asked: asked.desk.reply(asked.page, asked.question, asked.text("request"), asked.text("text")),
    "derivation": lambda asked: None,  # takes its time: see Call
}


def plain(text: str) -> str:
    """A reason that fits into the first line of an answer."""
    return re.sub(r"[^ -~]", "?", text)[:300].rstrip(".")
