"""Looking at a student's code ends in no failure: what cannot be looked at is said so, and the rest is graded."""

import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, NotebookResult, SubmissionResult, TimeLimits
from autograder.examine import Examiner, examiner
from autograder.examine.policy import signs
from autograder.intake import HandedIn

FIRST = "exercise1_gradient_descent"


@pytest.fixture(scope="module")
def own(course: Course) -> Examiner:
    return Examiner(course, "0", TimeLimits())


async def run_nothing(self: Examiner, *given: object) -> dict[str, list[str]]:
    """In the place of the run in a kernel."""
    return {}


@pytest.fixture
def examine(own: Examiner, course: Course, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Examiner, "_run", run_nothing)
    data = build(Entry("right", ""), course)[FIRST].encode()

    def one() -> NotebookResult:
        result: SubmissionResult = own.examine(None, {}, "s01", HandedIn({f"{FIRST}.ipynb": data}), "")
        return result.notebooks[0]

    return one


def too_deep(*given: object) -> None:
    return too_deep(*given)


def test_what_cannot_be_read_for_formulas_is_for_a_person(examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner, "signs", too_deep)
    monkeypatch.setattr(Examiner, "_grade", lambda self, notebook, book: book.cells.update(graded_cells(self)))
    book = examine()
    assert book.status == "graded" and len(book.flags) == 2
    assert "could not be read (Looking for formulas that a program worked out was not possible (Rec" in book.flags[0]
    assert {name for name, cell in book.cells.items() if cell.flagged} == {"test-gradient-formula", "test-my-function"}


def graded_cells(own: Examiner) -> dict:
    from autograder.course import CellGrade, grade_id, is_test

    cells = own._lab.masters[FIRST].cells
    return {grade_id(cell): CellGrade(1.0, 1.0) for cell in cells if is_test(cell)}


def test_what_takes_too_long_to_put_in_order_is_refused(examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examiner, "rebuild", too_deep)
    book = examine()
    assert (book.status, book.reason) == ("refused", "Putting the cells in order was not possible (RecursionError).")


def test_nothing_is_flagged_otherwise(examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Examiner, "_grade", lambda self, notebook, book: book.cells.update(graded_cells(self)))
    assert examiner.signs is signs and examine().flags == []
