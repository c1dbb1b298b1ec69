"""Answers as they are read and shown."""

import json
import os
import tomllib
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.course import Course
from autograder.proofs.answers import Answer, Text, read_cell, show
from autograder.proofs.questions import read_questions

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
NAME = "picture-0123456789abcdef.png"


def shown(course: Course, source: str, pictures: dict | None = None) -> BeautifulSoup:
    question = next(each for each in read_questions(course) if each.place.cell == "q03")
    return BeautifulSoup(show(Answer("s01", 1, Text(source, pictures or {})), question), "html.parser")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script> MARKER",
        "MARKER <img src=x onerror=alert(1)>",
        "MARKER [a](javascript:alert(1)) <a href='data:text/html,x'>b</a>",
        "MARKER <svg onload=alert(1)></svg> <iframe src=x></iframe> <style>*{}</style> <form><input></form>",
        "MARKER ![x](https://elsewhere.example/x.png) $\\href{javascript:alert(1)}{x}$",
    ],
    ids=["script", "event", "link", "active", "elsewhere"],
)
def test_an_answer_that_nobody_has_cleaned_is_cleaned_here(course: Course, source: str) -> None:
    soup = shown(course, source)
    assert "MARKER" in soup.get_text()
    assert not soup.find_all(["script", "img", "svg", "iframe", "style", "form", "input"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name == "style"]
        assert "javascript:" not in tag.get("href", "") and "data:" not in tag.get("href", "")


@pytest.mark.parametrize("cell", ["keep-going", "q03", "q04"])
def test_nothing_of_a_hostile_proof_is_active(course: Course, cell: str) -> None:
    bank = Path(__file__).parent.parent / "lab03/hostile/hostile-proof.toml"
    source = tomllib.loads(bank.read_text())["answers"][cell]
    soup = shown(course, source)
    assert "MARKER" in soup.get_text()
    active = ["script", "img", "svg", "style", "base", "meta", "form", "input", "button", "article", "main"]
    assert not soup.find_all(active)
    for tag in soup.find_all(True):
        unwanted = {"id", "style", "accesskey", "autofocus"}
        assert not [name for name in tag.attrs if name.startswith("on") or name in unwanted], tag
        assert "dialog" not in tag.get("class", []) and tag.get("tabindex", "0") == "0"
        assert not tag.get("href", "").startswith(("javascript:", "data:"))


def test_a_text_that_is_slow_to_clean_is_cleaned_once(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned = []
    monkeypatch.setattr("autograder.proofs.answers.harmless_markdown", lambda text: cleaned.append(text) or text)
    first, again = shown(course, "<div>" * 9), shown(course, "<div>" * 9)
    assert len(cleaned) == 1 and first == again


def test_formulas_and_pictures_are_shown(course: Course) -> None:
    soup = shown(course, f"$x^2$ and\n\n![a drawing](attachment:{NAME})", {NAME: {"image/png": PIXEL}})
    assert soup.find("math") and soup.find("img")["src"].startswith("data:image/png;base64,")
    assert soup.find("img")["alt"] == "a drawing"


def test_headings_of_a_student_stand_below_those_of_the_page(course: Course) -> None:
    assert [tag.name for tag in shown(course, "# One\n\n### Two\n\ntext").find_all(["h1", "h2", "h3", "h4"])] == [
        "h3",
        "h4",
    ]


def test_a_cell_is_read_anew_when_its_file_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "one.ipynb"
    cell = {"metadata": {"nbgrader": {"grade_id": "q03", "grade": True, "solution": True}}, "cell_type": "markdown"}
    digests = []
    for number, source in enumerate(("first", ["sec", "ond"])):
        path.write_text(json.dumps({"cells": [{**cell, "source": source}]}))
        os.utime(path, ns=(number, number))
        text = read_cell(path, "q03")
        assert text.source == "".join(source)
        digests.append(text.digest)
    assert digests[0] != digests[1]
    assert read_cell(path, "q04") == Text() == read_cell(tmp_path / "none.ipynb", "q03")
