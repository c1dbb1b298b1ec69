"""Decisions about proofs: what is written, what is never overwritten, what is undone, and who was it."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import update

from autograder.course import Course
from autograder.record import Marking, Place, Writer, ask, hold, read_requests, reply
from autograder.record import holds as holds_module
from autograder.record.proof_tables import MARKS, RUBRIC

BOOK = "exercise2_chain_rule"
PLACE = Place("lab03", BOOK, "q03")
FIRST = [(1.0, "The derivative"), (1.0, "The form"), (-0.5, "A slip")]
CLASS = {f"s{number:02}": {"q03": f"proof {number}", "q04": "proof"} for number in range(1, 5)} | {"s05-blank": {}}


@pytest.fixture
def course(proof_class: Callable[[dict], Course]) -> Course:
    return proof_class(CLASS)


@pytest.fixture
def marking(course: Course) -> Iterator[Marking]:
    with Writer(course) as writer:
        marking = Marking(writer, "ana", "page-of-ana")
        marking.open_question(PLACE, FIRST)
        yield marking


def items(marking: Marking, *numbers: int) -> list[str]:
    return [item.id for number, item in enumerate(marking.items(PLACE), 1) if number in numbers]


def decide(marking: Marking, students: list[str], *numbers: int, note: str = "") -> object:
    standings = marking.standings(PLACE)
    return marking.decide(PLACE, {each: standings[each].version for each in students}, items(marking, *numbers), note)


def in_nbgrader(course: Course, student: str, cell: str = "q03") -> tuple:
    """Manual score, whether it waits, and the comment, as nbgrader has them."""
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade(cell, BOOK, "lab03", student)
        comment = gradebook.find_comment(cell, BOOK, "lab03", student)
        return grade.manual_score, bool(grade.needs_manual_grade), comment.manual_comment


def type_in_formgrader(course: Course, student: str, score: float | None, comment: str | None) -> None:
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade("q03", BOOK, "lab03", student)
        grade.manual_score, grade.needs_manual_grade = score, score is None
        gradebook.find_comment("q03", BOOK, "lab03", student).manual_comment = comment
        gradebook.db.commit()


def test_a_decision_is_nbgraders_score_and_comment(course: Course, marking: Marking) -> None:
    assert decide(marking, ["s01"], 1, 2, 3, note="See $x$.").done == ["s01"]
    words = "- +1: The derivative\n- +1: The form\n- −0.5: A slip\n\nSee $x$."
    assert in_nbgrader(course, "s01") == (1.5, False, words)
    assert in_nbgrader(course, "s02") == (None, True, None)
    assert in_nbgrader(course, "s01", "q04") == (None, True, None)


def test_a_score_stays_within_the_questions_points(course: Course, marking: Marking) -> None:
    marking.add_item(PLACE, 5.0, "All and more")
    decide(marking, ["s01"], 3)
    decide(marking, ["s02"], 4)
    decide(marking, ["s03"])
    assert [in_nbgrader(course, each)[:2] for each in ("s01", "s02", "s03")] == [(0, False), (2, False), (0, False)]
    assert in_nbgrader(course, "s03")[2] is None


def test_an_item_that_changes_reaches_all_who_have_it(course: Course, marking: Marking) -> None:
    decide(marking, ["s01", "s02"], 1, 3)
    decide(marking, ["s03"], 1)
    (slip,) = items(marking, 3)
    outcome = marking.change_item(PLACE, slip, -0.25, "A small slip")
    assert sorted(outcome.done) == ["s01", "s02"]
    words = "- +1: The derivative\n- −0.25: A small slip"
    assert in_nbgrader(course, "s01") == in_nbgrader(course, "s02") == (0.75, False, words)
    assert in_nbgrader(course, "s03") == (1, False, "- +1: The derivative")
    marking.change_item(PLACE, slip, -0.25, "A small slip", removed=True)
    assert in_nbgrader(course, "s01") == (1, False, "- +1: The derivative")
    assert len(marking.items(PLACE)) == 2
    assert marking.undo("lab03")[0] == "item changed"
    assert in_nbgrader(course, "s01") == (0.75, False, words)


def test_what_was_typed_in_formgrader_is_never_overwritten(course: Course, marking: Marking) -> None:
    decide(marking, ["s01", "s02"], 1)
    type_in_formgrader(course, "s01", 0.5, "Mine.")
    assert marking.standings(PLACE)["s01"].foreign
    assert list(decide(marking, ["s01", "s02"], 1, 2).refused) == ["s01"]
    (first,) = items(marking, 1)
    assert list(marking.change_item(PLACE, first, 2.0, "More").refused) == ["s01"]
    assert in_nbgrader(course, "s01") == (0.5, False, "Mine.")
    assert in_nbgrader(course, "s02")[0] == 2
    type_in_formgrader(course, "s03", None, "Only a comment.")
    assert list(decide(marking, ["s03"], 1).refused) == ["s03"]


def test_what_formgrader_has_can_be_taken_over(course: Course, marking: Marking) -> None:
    type_in_formgrader(course, "s01", 0.5, "Mine.")
    assert marking.take_over(PLACE, "s01").done == ["s01"]
    assert in_nbgrader(course, "s01") == (0.5, True, "Mine.")
    assert marking.standings(PLACE)["s01"].mark.note == "Mine."
    assert decide(marking, ["s01"], 1, note="Mine.").done == ["s01"]
    assert in_nbgrader(course, "s01") == (1, False, "- +1: The derivative\n\nMine.")
    marking.undo("lab03")
    assert marking.undo("lab03")[0] == "taken over"
    assert in_nbgrader(course, "s01") == (0.5, False, "Mine.")
    assert list(marking.take_over(PLACE, "s02").refused) == ["s02"]


def test_a_decision_about_what_somebody_else_has_decided_since_is_refused(course: Course, marking: Marking) -> None:
    seen = marking.standings(PLACE)["s01"].version
    with Writer(course) as other:
        assert decide(Marking(other, "ben", "page-of-ben"), ["s01"], 2).done == ["s01"]
    outcome = marking.decide(PLACE, {"s01": seen}, items(marking, 1), "")
    assert "somebody else" in outcome.refused["s01"]
    assert in_nbgrader(course, "s01") == (1, False, "- +1: The form")


def test_what_one_holds_the_other_does_not_get(course: Course, marking: Marking, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    with Writer(course) as writer:
        other = Marking(writer, "ben", "page-of-ben")
        assert hold(marking, PLACE, ["s01", "s02"]) == {}
        assert hold(other, PLACE, ["s02", "s03"]) == {"s02": "ana"}
        assert hold(other, PLACE, ["s03"]) == {}
        assert decide(other, ["s01"], 1).refused == {"s01": "ana has it now"}
        assert hold(marking, PLACE, ["s04"]) == {}  # goes on, and lets s01 and s02 go
        assert decide(other, ["s01"], 1).done == ["s01"]
        monkeypatch.setattr(holds_module, "SECONDS", -1)
        assert hold(marking, PLACE, ["s02"]) == {}  # a page that was closed
        assert hold(other, PLACE, ["s02"]) == {}


def test_undoing_brings_back_what_was_there(course: Course, marking: Marking) -> None:
    decide(marking, ["s01"], 1)
    decide(marking, ["s01", "s02"], 2, note="Better.")
    action, place, outcome = marking.undo("lab03")
    assert (action, place, sorted(outcome.done)) == ("graded", PLACE, ["s01", "s02"])
    assert in_nbgrader(course, "s01") == (1, False, "- +1: The derivative")
    assert in_nbgrader(course, "s02") == (None, True, None)
    marking.undo("lab03")
    assert in_nbgrader(course, "s01") == (None, True, None)
    assert marking.undo("lab03")[0] == ""


def test_undoing_leaves_what_came_later_and_what_others_did(course: Course, marking: Marking) -> None:
    decide(marking, ["s01", "s02"], 1)
    type_in_formgrader(course, "s01", 2, "Mine.")
    with Writer(course) as writer:
        assert Marking(writer, "ben", "page-of-ben").undo("lab03")[0] == ""
    _, _, outcome = marking.undo("lab03")
    assert outcome.done == ["s02"] and list(outcome.refused) == ["s01"]
    assert in_nbgrader(course, "s01") == (2, False, "Mine.")


def test_an_answer_taken_out_of_its_group_can_come_back(marking: Marking) -> None:
    marking.take_apart(PLACE, "s01")
    assert marking.apart(PLACE) == {"s01"}
    assert marking.undo("lab03")[0] == "taken out of its group"
    assert marking.apart(PLACE) == set()


def test_a_regrade_keeps_decisions_and_asks_again_where_the_answer_changed(course: Course, marking: Marking) -> None:
    decide(marking, ["s01", "s02"], 1)
    with Writer(course) as writer:
        result = writer.result("s01")
        writer.record(result, None)
        changed = writer.result("s02")
        book = next(book for book in changed.notebooks if book.name == BOOK)
        book.cells["q03"] = dataclasses.replace(book.cells["q03"], answer="another")
        writer.record(changed, None)
    assert in_nbgrader(course, "s01") == (1, False, "- +1: The derivative")
    assert in_nbgrader(course, "s02") == (1, True, "- +1: The derivative")
    standings = marking.standings(PLACE)
    assert standings["s01"].ours and standings["s01"].done
    assert standings["s02"].ours and not standings["s02"].done


def test_points_that_a_release_scales_are_scaled_here(course: Course, marking: Marking) -> None:
    decide(marking, ["s01"], 1)
    with Gradebook(course.database_url) as gradebook:  # as carry.py does it
        gradebook.find_notebook(BOOK, "lab03")
        cell = gradebook.find_graded_cell("q03", BOOK, "lab03")
        cell.max_score = 4
        gradebook.find_grade("q03", BOOK, "lab03", "s01").manual_score = 2
        gradebook.db.commit()
    marking.open_question(PLACE, FIRST)
    assert marking.standings(PLACE)["s01"].ours
    assert [item.points for item in marking.items(PLACE)] == [2, 2, -1]
    decide(marking, ["s02"], 1, 2)
    assert in_nbgrader(course, "s02")[0] == 4


def test_a_rubric_is_filled_once(marking: Marking) -> None:
    (first,) = items(marking, 1)
    marking.change_item(PLACE, first, 1.0, "Other words")
    marking.open_question(PLACE, FIRST)
    assert [item.words for item in marking.items(PLACE)] == ["Other words", "The form", "A slip"]


def test_a_transaction_that_fails_leaves_nothing(course: Course, marking: Marking) -> None:
    with pytest.raises(KeyError):
        marking.change_item(PLACE, "nothing", 1.0, "words")
    with pytest.raises(RuntimeError), marking.alone("lab03"):
        marking.session.execute(update(RUBRIC).values(points=9))
        marking.session.execute(update(MARKS).values(score=9))
        raise RuntimeError
    assert [item.points for item in marking.items(PLACE)] == [1, 1, -0.5]


def test_the_log_says_who_decided_what(course: Course, marking: Marking) -> None:
    decide(marking, ["s01"], 1)
    with Writer(course) as writer:
        decide(Marking(writer, "ben", "page-of-ben"), ["s02"], 2)
    marking.undo("lab03")
    rows = [(row["who"], row["action"], row["student"], row["score"]) for row in marking.decisions("lab03")]
    assert rows == [("ana", "graded", "s01", 1), ("ben", "graded", "s02", 1), ("ana", "undone", "s01", None)]


def test_requests_are_noted_once_and_answered(marking: Marking) -> None:
    assert ask(marking, PLACE, "s01", "Why <b>1</b>?")
    assert not ask(marking, PLACE, "s01", "Why <b>1</b>?")
    (request,) = read_requests(marking.session, "lab03", BOOK, "s01")
    assert request.reply is None
    reply(marking, PLACE, request.id, "See item 2.")
    assert read_requests(marking.session, "lab03", BOOK)[0].reply == "See item 2."
    with pytest.raises(KeyError):
        reply(marking, PLACE, "nothing", "text")
