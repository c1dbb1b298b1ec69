"""What a student changed besides the answers does not count, and a missing sandbox stops the run."""

import json

import pytest

from autograder.check.bank import Entry, build, hand_in
from autograder.course import Course, CourseError, grade_id, is_test, read_notebook
from autograder.grade.run import autograde, given_up
from autograder.intake import HandedIn, Intake, Skeleton, find_notebooks, take_in
from autograder.intake.find import Found

NAME = "exercise1_gradient_descent"


def take(course: Course, notebook: dict) -> Intake:
    masters = [read_notebook(folder / f"{NAME}.ipynb") for folder in (course.source, course.release)]
    return take_in(json.dumps(notebook).encode(), *masters)


@pytest.fixture
def right(course: Course) -> dict:
    return json.loads(build(Entry("right", ""), course)[NAME])


def test_points_tests_and_locks_are_those_of_the_master(course: Course, right: dict) -> None:
    for cell in right["cells"]:
        if "points" in cell["metadata"].get("nbgrader", {}):
            cell["metadata"]["nbgrader"] |= {"points": 1000, "locked": False, "solution": True}
            if cell["cell_type"] == "code":
                cell["source"] = "1000.0"
    master = read_notebook(course.source / f"{NAME}.ipynb")
    wanted = {grade_id(cell): cell for cell in master.cells if is_test(cell)}
    got = {grade_id(cell): cell for cell in take(course, right).notebook.cells if is_test(cell)}
    assert set(got) == set(wanted)
    for name, cell in got.items():
        assert cell.source == wanted[name].source
        assert cell.metadata.nbgrader.points == wanted[name].metadata.nbgrader.points


def test_missing_and_doubled_cells_are_put_right_and_told(course: Course, right: dict) -> None:
    cells = right["cells"]
    test = next(cell for cell in cells if cell["id"] == "test-explore")
    answer = next(cell for cell in cells if cell["id"] == "explore")
    cells.remove(test)
    cells.append({**answer, "id": "again", "source": "my_alpha = 0.25"})
    taken = take(course, right)
    assert [line for line in taken.repairs if "test-explore" in line and "put back" in line]
    assert [line for line in taken.repairs if "explore" in line and "twice" in line]
    (explore,) = [cell for cell in taken.notebook.cells if grade_id(cell) == "explore"]
    assert explore.source == "my_alpha = 0.25"


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "  %%prun -q"])
def test_a_split_answer_goes_on_behind_the_magic_of_its_second_cell(course: Course, right: dict, magic: str) -> None:
    cells = right["cells"]
    (place,) = [number for number, cell in enumerate(cells) if cell["id"] == "explore"]
    first = {**cells[place], "source": "%%time\nmy_start = (1, 1)\nmy_alpha = 0.2"}
    second = {**cells[place], "source": f"{magic}\nmy_max_steps = 99"}
    cells[place : place + 1] = [first, second]
    (explore,) = [cell for cell in take(course, right).notebook.cells if grade_id(cell) == "explore"]
    assert explore.source == "%%time\nmy_start = (1, 1)\nmy_alpha = 0.2\nmy_max_steps = 99"


def found_in(course: Course, *books: list[dict]) -> dict[str, Found]:
    """What intake finds in a file with the cells of several notebooks, named like the first one."""
    cells = [cell for book in books for cell in book]
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    skeletons = {name: Skeleton(read_notebook(course.release / f"{name}.ipynb")) for name in course.notebooks()}
    return find_notebooks(HandedIn({f"{NAME}.ipynb": data}), skeletons)


def test_notebooks_in_one_file_are_taken_apart(course: Course) -> None:
    texts = build(Entry("together", ""), course)
    books = {name: json.loads(text)["cells"] for name, text in texts.items()}
    own = {"cell_type": "code", "metadata": {}, "id": "helper", "source": "def helper(): pass"}
    books[course.notebooks()[1]].append(own)
    found = found_in(course, *books.values())
    for name, cells in books.items():
        assert found[name].status == "graded"
        graded = {cell["id"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")}
        assert {cell.id for cell in found[name].cells if cell.marks.get("grade")} == graded
        assert ("helper" in {cell.id for cell in found[name].cells}) == (name == course.notebooks()[1])
        assert bool(found[name].repairs) == (name != NAME)


def test_a_cell_that_was_copied_from_another_notebook_stays(course: Course, right: dict) -> None:
    other = json.loads(build(Entry("copied", ""), course)[course.notebooks()[1]])["cells"]
    copied = next(cell for cell in other if cell["metadata"].get("nbgrader", {}).get("solution"))
    found = found_in(course, right["cells"], [copied])
    assert found[NAME].cells[-1].id == copied["id"]
    assert [found[name].status for name in course.notebooks()[1:]] == ["missing", "missing"]


def test_without_a_sandbox_the_run_stops_with_one_line(empty: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(Entry("s01", "", base="release"), empty)
    monkeypatch.setattr("autograder.grade.run.missing", lambda level: "bubblewrap is missing.")
    with pytest.raises(CourseError, match="bubblewrap is missing.*--unsafe"):
        autograde(empty)


@pytest.mark.heavy
def test_half_characters_do_not_stop_the_others(empty: Course) -> None:
    half = "\\ud800"  # a surrogate, which no file can hold as UTF-8
    answer = f'print("{half}")  # HALF\n\n\ndef gradient(x1, x2):\n    raise ValueError("{half}")'
    hand_in(Entry("half", "", base="release", answers={"gradient-formula": answer}), empty)
    path = empty.submission("half") / f"{NAME}.ipynb"
    path.write_text(path.read_text().replace("HALF", "\\ud800"))
    hand_in(Entry("right", ""), empty)
    counts = autograde(empty, jobs=1)
    assert (counts.graded, counts.failed) == (2, 0)


def test_a_submission_that_cannot_be_examined_is_tried_again(course: Course) -> None:
    result = given_up(course, "s01", "seed", "a reason")
    assert result.digest == "" and {book.status for book in result.notebooks} == {"failed"}
    assert all("a reason" in book.reason for book in result.notebooks) and result.needs_person


@pytest.mark.parametrize("suffix", ["", " (1)", "-copy"])
def test_notebooks_that_are_nearly_the_same_go_by_their_names(course: Course, right: dict, suffix: str) -> None:
    """Some courses keep the answers, or an older version, beside a notebook; all have the same cells."""
    names = ["lab01", "lab01_ans", "lab01_bk"]
    skeletons = {name: Skeleton(read_notebook(course.release / f"{NAME}.ipynb")) for name in names}
    handed = HandedIn({f"{name}{suffix}.ipynb": json.dumps(right).encode() for name in names})
    found = find_notebooks(handed, skeletons)
    assert {name: each.status for name, each in found.items()} == dict.fromkeys(names, "graded")
    told = {name: [f"{name}{suffix}.ipynb" in line for line in each.repairs] for name, each in found.items()}
    assert told == {name: [True] if suffix else [] for name in names}
