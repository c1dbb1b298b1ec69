"""A class of 60, half of it damaged, grades in one run: nothing is lost, and every repair is told."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.grade import autograde
from autograder.report import write_feedback
from tests.grade.conftest import Run, new_course
from tests.intake.damaged_class import WAYS, hand_in_class

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, float]]:
    return {}


@pytest.fixture(scope="module")
def run(home: Path, tmp_path_factory: pytest.TempPathFactory, expected: dict) -> Run:
    course = new_course(home, tmp_path_factory.mktemp("damaged"))
    expected.update(hand_in_class(course))
    return Run(course, [], autograde(course))


def test_nothing_is_lost(run: Run, expected: dict) -> None:
    assert (run.counts.graded, run.counts.failed) == (60, 0)
    assert {name: run.points(name) for name in expected} == expected


@pytest.mark.parametrize("name", WAYS)
def test_what_was_done_is_told(run: Run, name: str) -> None:
    books = run.results[name].notebooks
    way = WAYS[name]
    refused = {number for number, book in enumerate(books, 1) if book.status == "refused" and book.reason}
    assert refused == way.refused
    assert way.says in " ".join(line for book in books for line in book.repairs)
    assert any(book.tampering for book in books) == way.tampering
    text = run.text(name)
    for book in books:
        assert all(line.split("`")[0] in text for line in [*book.repairs, *book.tampering])


def test_whole_notebooks_need_no_repair(run: Run, expected: dict) -> None:
    for name in set(expected) - set(WAYS):
        assert [(book.repairs, book.tampering) for book in run.results[name].notebooks] == [([], [])] * 3


def test_feedback_tells_it_once(run: Run) -> None:
    write_feedback(run.course)
    told = 0
    for name in WAYS:
        for book in run.results[name].notebooks:
            page = (run.course.feedback(name) / f"{book.name}.html").read_text()
            text = " ".join(BeautifulSoup(page, "html.parser").get_text().split())
            for line in filter(None, [*book.repairs, *book.tampering, book.reason]):
                assert text.count(" ".join(line.replace("`", "").split())) == 1, (name, line)
                told += 1
    assert told >= len(WAYS)
