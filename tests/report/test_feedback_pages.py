"""Pages are written in several processes, only where something changed; one that cannot be written costs no other."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import GetGrades
from sqlalchemy import update

from autograder.course import Course, CourseError
from autograder.grade.run import prepare_gradebook
from autograder.record import Writer, read_sheets
from autograder.report import archive, pages, write_feedback
from autograder.report.feedback_page import add_grades
from tests.grade.conftest import new_course
from tests.record.conftest import PROOFS, copy_of, hand_in_proofs

pytestmark = pytest.mark.heavy

STUDENTS = ("s1", "s2", "s3")


@pytest.fixture(scope="module")
def written(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Three students with their pages."""
    course = new_course(home, tmp_path_factory.mktemp("pages"))
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
    hand_in_proofs(course, {student: dict.fromkeys(PROOFS, f"By **{student}**, $x^2$.") for student in STUDENTS})
    for student in STUDENTS:
        shutil.copytree(course.autograded(student), course.submission(student))
    write_feedback(course)
    return course


def pages_of(course: Course) -> dict[str, bytes]:
    return {str(path.relative_to(course.root)): path.read_bytes() for path in course.root.glob("feedback/*/*/*.html")}


def numbers(course: Course) -> dict[str, set[int]]:
    """The inodes of each student's pages: others where they were written anew."""
    return {
        student: {path.stat().st_ino for path in course.feedback(student).glob("*.html")}
        | {path.stat().st_mtime_ns for path in course.feedback(student).glob("*.html")}
        for student in STUDENTS
    }


def anew(course: Course, jobs: int | None = None) -> set[str]:
    """Whose pages are written by another call."""
    before = numbers(course)
    write_feedback(course, jobs)
    return {student for student, own in numbers(course).items() if own != before[student]}


def comment(course: Course, student: str) -> None:
    with Gradebook(course.database_url) as gradebook:
        found = gradebook.find_comment("keep-going", course.notebooks()[0], course.lab, student)
        found.manual_comment = f"{found.manual_comment or ''} Well done."
        gradebook.db.commit()


def touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


CHANGES: dict[str, Callable[[Course], object]] = {
    "nothing": lambda course: None,
    "a comment": lambda course: comment(course, "s2"),
    "a graded notebook": lambda course: touch(course.autograded("s2") / f"{course.notebooks()[0]}.ipynb"),
    "a page": lambda course: (course.feedback("s2") / f"{course.notebooks()[0]}.html").write_text("<p>mine</p>"),
    "a page is gone": lambda course: (course.feedback("s2") / f"{course.notebooks()[0]}.html").unlink(),
    "the submission is gone": lambda course: shutil.rmtree(course.submission("s2")),
    "what was noted": lambda course: (course.root / f"feedback/.{course.lab}.json").write_text("[1]"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_changed_is_written_again(written: Course, change: str) -> None:
    before = pages_of(written)
    CHANGES[change](written)
    expected = {"nothing": set(), "what was noted": set(STUDENTS)}.get(change, {"s2"})
    archived = archive(written).stat().st_ino
    assert anew(written) == expected
    assert (archive(written).stat().st_ino == archived) == (not expected)
    with zipfile.ZipFile(archive(written)) as file:
        assert {name: file.read(f"{Path(name).parts[1]}/{Path(name).name}") for name in before} == pages_of(written)
    changed = {name for name, page in pages_of(written).items() if page != before[name]}
    assert {Path(name).parts[1] for name in changed} == ({"s2"} if change == "a comment" else set())
    assert anew(written) == set()


def test_one_process_or_more_write_the_same(written: Course) -> None:
    before = pages_of(written)
    for jobs in (1, 2):
        shutil.rmtree(written.root / "feedback")
        write_feedback(written, jobs)
        assert pages_of(written) == before


def test_one_that_cannot_be_written_costs_no_other(written: Course, tmp_path: Path) -> None:
    course = copy_of(written, tmp_path)
    (course.autograded("s2") / f"{course.notebooks()[0]}.ipynb").write_text("{}")
    with pytest.raises(CourseError, match=r"has the rest:\n  s2 has no feedback: .*\w") as caught:
        write_feedback(course)
    assert len(str(caught.value).splitlines()) == 2
    assert {Path(name).parts[1] for name in pages_of(course)} == {"s1", "s3"}
    with zipfile.ZipFile(archive(course)) as file:
        assert {name.split("/")[0] for name in file.namelist()} == {"s1", "s3"}


def test_a_process_that_dies_takes_no_other_with_it(written: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "write", die_for_s2)
    found = dict(pages.write_pages(written, [], list(STUDENTS), 2))
    assert found == {"s1": None, "s2": pages.GONE, "s3": None}


def test_what_a_process_takes_with_it_is_halved(written: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[list[str]] = []

    def in_pool(course: Course, older: list[str], students: list[str], jobs: int) -> Iterator[tuple[str, str | None]]:
        tried.append(students)
        yield from ((student, pages.GONE if "s200" in students else None) for student in students)

    monkeypatch.setattr(pages, "in_pool", in_pool)
    everybody = [f"s{number}" for number in range(300)]
    found = dict(pages.write_pages(written, [], everybody, 2))
    assert list(found) == everybody and [name for name in found if found[name]] == ["s200"]
    assert len(tried) < 25


def die_for_s2(student: str) -> str | None:
    if student == "s2":
        os._exit(9)
    return pages.write(student)


def test_grades_are_those_of_nbgrader(written: Course) -> None:
    comment(written, "s1")
    with Writer(written) as writer:
        session = writer.gradebook.db
        session.execute(update(Grade).where(Grade.needs_manual_grade).values(manual_score=1.5, extra_credit=0.25))
        session.execute(update(SubmittedNotebook).values(late_submission_penalty=0.5))
        session.commit()
        for name in written.notebooks():
            path = written.autograded("s1") / f"{name}.ipynb"
            where = {"notebook": name, "assignment": written.lab, "student": "s1", "db_url": written.database_url}
            theirs, resources = GetGrades().preprocess(nbformat.read(path, 4), {"nbgrader": dict(where)})
            ours = nbformat.read(path, 4)
            add_grades(ours, where, read_sheets(session, written.lab, "s1"))
            assert ours == theirs and where == resources["nbgrader"]
            assert where["score"] and where["late_penalty"] == 0.5
