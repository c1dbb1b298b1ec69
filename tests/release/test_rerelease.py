"""A new release under grades that are there: what is shown, what is graded again, what stays, what is refused."""

import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import select

from autograder.collect import read_submission
from autograder.course import (
    CellGrade,
    Course,
    CourseError,
    NotebookResult,
    SubmissionResult,
    deciding_digests,
    submission_digest,
)
from autograder.grade.run import prepare_gradebook
from autograder.record import VERSION, Writer, not_graded
from autograder.record.carry import ARCHIVE
from autograder.release import generate
from autograder.release import make as release
from autograder.release.make import contents, make_release
from autograder.release.new_lab import write_skeleton

WITH = [f"s{number:02}" for number in range(20)]  # have the notebook
WITHOUT = [f"t{number:02}" for number in range(10)]  # handed in without it


@pytest.fixture(scope="module")
def template(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The skeleton lab with a second notebook, released; thirty graded submissions, manual scores included."""
    root = tmp_path_factory.mktemp("graded")
    course = Course(root, root, "lab04")
    shutil.copy(home / "nbgrader_config.py", root)
    write_skeleton(course)
    text = (course.source / "exercise1.ipynb").read_text()
    (course.source / "exercise2.ipynb").write_text(text.replace("Exercise 1", "Exercise 2"))
    new = generate(course, root / "new")
    course.release.parent.mkdir()
    new.rename(course.release)
    release.write_secret_manifest(course)
    for name in WITH + WITHOUT:
        course.submission(name).mkdir(parents=True)
        (course.submission(name) / "exercise2.ipynb").write_text("{}")
        if name in WITH:
            (course.submission(name) / "exercise1.ipynb").write_text("{}")
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
        writer.set_note("seed", "1")
        for name in WITH + WITHOUT:
            missing = {"exercise1"} - {path.stem for path in course.submission(name).iterdir()}
            _, files = read_submission(course, name)
            digest = submission_digest(files, deciding_digests(course), "1" + VERSION, missing)
            books = []
            for book in ("exercise1", "exercise2"):
                cells = {"test-square": CellGrade(1.0, 2), "why-task": CellGrade(0.0, 0), "why": CellGrade(None, 2)}
                books.append(NotebookResult(book, "missing" if book in missing else "graded", cells=cells))
            writer.record(SubmissionResult(name, "1", digest, books), None)
    with Gradebook(course.database_url) as gradebook:
        for name in WITH:
            grade = gradebook.find_grade("why", "exercise1", "lab04", name)
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 1.0, 0.5, False
            gradebook.find_comment("why", "exercise1", "lab04", name).manual_comment = f"Well, {name}."
        gradebook.db.commit()
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of it, to change at will. Running the released notebooks is tested elsewhere."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(release, "verify", lambda course, new: [])
    return Course(tmp_path, tmp_path, "lab04")


def change(course: Course, cell_id: str, **changes) -> None:
    """Change the source or the metadata of one cell of exercise 1."""
    path = course.source / "exercise1.ipynb"
    notebook = json.loads(path.read_text())
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == cell_id]
    if "replace" in changes:
        old, new = changes.pop("replace")
        source = "".join(cell["source"])
        assert old in source
        cell["source"] = source.replace(old, new)
    if "rename" in changes:
        cell["id"] = cell["metadata"]["nbgrader"]["grade_id"] = changes.pop("rename")
    cell["metadata"].get("nbgrader", {}).update(changes)
    path.write_text(json.dumps(notebook))


def drop(course: Course, *ids: str) -> None:
    path = course.source / "exercise1.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in ids]
    path.write_text(json.dumps(notebook))


def lines_of(course: Course, **options) -> list[str]:
    lines: list[str] = []
    make_release(course, show=lines.append, **options)
    return [line.strip() for line in lines]


def again(course: Course) -> list[str]:
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
        return not_graded(course, writer)


def change_judge(course: Course) -> None:
    path = course.hidden / "square.py"
    path.write_text(path.read_text().replace("range(5)", "range(6)"))


def score(course: Course, student: str, cell: str = "why") -> tuple[float, float, float, bool]:
    with Gradebook(course.database_url) as gradebook:
        grade = gradebook.find_grade(cell, "exercise1", "lab04", student)
        return grade.manual_score, grade.extra_credit, grade.max_score, bool(grade.needs_manual_grade)


def test_nothing_changed(course: Course) -> None:
    assert make_release(course, show=pytest.fail) is False
    assert again(course) == []


def test_a_judge_marks_all_submissions(course: Course) -> None:
    change_judge(course)
    before = contents(course.root)
    shown = lines_of(course, dry_run=True)
    assert shown[0] == "For grades:" and shown[1] == "hidden/lab04/square.py changed"
    assert shown[3] == "`make autograde` will grade all 30 submissions again"
    after = contents(course.root)
    after.pop(".autograde.lock")
    assert after == before  # gradebook, release, manifests
    assert lines_of(course) == shown
    assert again(course) == WITH + WITHOUT
    assert score(course, "s00") == (1.0, 0.5, 2, False)
    assert lines_of(course)[1:] == [shown[3]]  # until they are graded


def test_grading_under_changed_masters_asks_for_a_release(course: Course) -> None:
    change_judge(course)
    with Writer(course) as writer, pytest.raises(CourseError, match="`make release LAB=lab04` shows"):
        prepare_gradebook(course, writer)


def test_text_and_wording_of_solutions_grade_nobody_again(course: Course) -> None:
    change(course, "square-text", replace=("a number", "any number"))
    change(course, "why-task", replace=("one or two", "a few"))
    change(course, "why-task", replace=("is named", "is mentioned"))
    change(course, "square", replace=("x * x", "x**2"))
    lines = lines_of(course)
    shown = {f"exercise1, {what} changed" for what in ("square-text:", "why-task:", "why-task: mark scheme")}
    assert shown | {"exercise1, square: solution changed"} < set(lines)
    assert not [line for line in lines if "autograde" in line]
    assert again(course) == []


def test_a_module_marks_all(course: Course) -> None:
    (course.source / "probes.py").write_text("NEW = 1\n")
    assert "probes.py: added" in lines_of(course)
    assert again(course) == WITH + WITHOUT


def test_a_new_marking_scheme_reaches_graded_notebooks(course: Course) -> None:
    graded = course.autograded("s00") / "exercise1.ipynb"
    graded.parent.mkdir(parents=True)
    shutil.copy(course.source / "exercise1.ipynb", graded)
    change(course, "why-task", replace=("is named", "is mentioned"))
    lines_of(course)
    assert "zero is mentioned" in graded.read_text()


def test_points_rescale_manual_scores(course: Course) -> None:
    change(course, "why", points=4)
    lines = lines_of(course)
    assert "exercise1, why: 2 -> 4 points" in lines and "all together: 8 -> 10 points" in lines
    assert "exercise1, why: manual scores of 20 students are scaled from 2 to 4 points" in lines
    assert score(course, "s00") == (2.0, 1.0, 4, False)
    assert score(course, "t00") == (None, None, 4, True)


def test_a_removed_cell_is_archived_and_comes_back(course: Course) -> None:
    text = (course.source / "exercise1.ipynb").read_text()
    drop(course, "why", "why-task")
    lines = lines_of(course)
    assert "exercise1, why: removed (answer, graded by a person, 2 points)" in lines
    assert "exercise1, why: scores of 30 students are archived" in lines
    assert "exercise1, why: comments of 30 students are archived" in lines
    with Writer(course) as writer:
        rows = writer.gradebook.db.execute(select(ARCHIVE).filter_by(student="s03", cell="why")).mappings().all()
    assert {row["kind"]: (row["manual_score"], row["comment"]) for row in rows} == {
        "GradeCell": (1.0, None),
        "SolutionCell": (None, "Well, s03."),
    }
    (course.source / "exercise1.ipynb").write_text(text)
    change(course, "why", points=4)
    assert "exercise1, why: what the archive holds for 30 students comes back" in lines_of(course)
    assert score(course, "s03") == (2.0, 1.0, 4, True)  # a second look
    with Gradebook(course.database_url) as gradebook:
        assert gradebook.find_comment("why", "exercise1", "lab04", "s03").comment == "Well, s03."


def test_an_added_cell_waits_for_its_grade(course: Course) -> None:
    path = course.source / "exercise1.ipynb"
    notebook = json.loads(path.read_text())
    copy = json.loads(json.dumps(notebook["cells"][4]).replace("test-square", "test-more"))
    notebook["cells"].append(copy)
    path.write_text(json.dumps(notebook))
    assert "exercise1, test-more: added (test, 2 points)" in lines_of(course)
    assert score(course, "s00", "test-more") == (None, None, 2, True)
    assert again(course) == WITH + WITHOUT  # all have a cell more


def test_a_removed_and_an_added_notebook(course: Course) -> None:
    (course.source / "exercise1.ipynb").rename(course.source / "exercise3.ipynb")
    lines = lines_of(course)
    assert {"exercise1: removed", "exercise3: added"} < set(lines)
    with Gradebook(course.database_url) as gradebook:
        names = [book.name for book in gradebook.find_submission("lab04", "s00").notebooks]
    assert sorted(names) == ["exercise2", "exercise3"]
    assert again(course) == WITH + WITHOUT


@pytest.mark.parametrize(
    ("cell", "changes", "message"),
    [
        ("why", {"points": 0}, r"exercise1, why: 20 students have a score .* from 2 to 0 points"),
        ("test-square", {"solution": True, "locked": False}, "is now graded by a person, was graded by tests"),
    ],
)
def test_what_cannot_be_carried_over_is_refused(course: Course, cell: str, changes: dict, message: str) -> None:
    change(course, cell, **changes)
    before = contents(course.root)
    with pytest.raises(CourseError, match=message):
        make_release(course, show=lambda line: None)
    after = contents(course.root)
    after.pop(".autograde.lock")
    assert after == before and score(course, "s00") == (1.0, 0.5, 2, False)


def test_the_manifest_tells_students_nothing_hidden(course: Course) -> None:
    change_judge(course)
    before = (course.release / "labtools/manifest.json").read_text()
    lines_of(course)
    assert (course.release / "labtools/manifest.json").read_text() == before
    assert json.loads(before)["points"] == 8
