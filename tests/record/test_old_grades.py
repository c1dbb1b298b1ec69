"""Two ways to write a name are one student; what was taken away or changed since it was graded is said to be."""

import csv
import unicodedata
from pathlib import Path

import pytest
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from autograder.check.bank import Entry, build, hand_in
from autograder.collect import all_submissions, find_submissions, read_submission
from autograder.course import Course, CourseError, SubmissionResult, deciding_digests, student_id, submission_digest
from autograder.export import export_grades
from autograder.grade.run import given_up, prepare_gradebook, store_notebooks
from autograder.record import VERSION, Writer, read_old_grades
from autograder.report import write_feedback, write_report
from tests.grade.conftest import new_course

pytestmark = pytest.mark.heavy

NAME = "Zoë-Müller"
OTHERWISE = unicodedata.normalize("NFD", NAME)


def record(course: Course, student: str) -> None:
    """As if it was graded: the record is whole, the scores are none."""
    with Writer(course) as writer:
        prepare_gradebook(course, writer)
        result: SubmissionResult = given_up(course, "0", student, "not run")
        for book in result.notebooks:
            book.status, book.reason = "graded", ""
        handed = read_submission(course, student)[1]
        result.digest = submission_digest(handed, deciding_digests(course), "0" + VERSION, set())
        writer.set_note("seed", "0")
        store_notebooks(course, result)
        writer.record(result, None)


@pytest.fixture(scope="module")
def graded(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Three who were graded; then one is taken away, and one hands in anew."""
    course = new_course(home, tmp_path_factory.mktemp("class"))
    for name in ("s01-stays", "s02-goes", "s03-changes"):
        hand_in(Entry(name, ""), course)
        record(course, name)
    course.submission("s02-goes").parent.rename(course.root / "s02-elsewhere")
    hand_in(Entry("s03-changes", "", answers={"explore": "my_alpha = 1"}), course)
    return course


def test_what_was_taken_away_or_changed_is_known(graded: Course) -> None:
    with Writer(graded) as writer:
        standing = read_old_grades(graded, writer)
    assert (standing.gone, standing.older) == (["s02-goes"], ["s03-changes"])


def test_the_report_says_so(graded: Course) -> None:
    page = write_report(graded).read_text()
    assert page.count("is no longer in submitted/") == 1 and page.count("was changed, or its tests were, since") == 1


def test_the_export_says_so(graded: Course, capsys: pytest.CaptureFixture) -> None:
    export_grades(graded, "csv", partial=True)
    assert "s02-goes is no longer in submitted/" in capsys.readouterr().err


def pages_that_say_so(course: Course) -> dict[str, int]:
    return {
        student: sum("about an earlier version" in page.read_text() for page in course.feedback(student).glob("*.html"))
        for student in ("s01-stays", "s02-goes", "s03-changes")
    }


def test_feedback_of_an_earlier_version_says_so(graded: Course, capsys: pytest.CaptureFixture) -> None:
    write_feedback(graded)
    assert pages_that_say_so(graded) == {"s01-stays": 0, "s02-goes": 3, "s03-changes": 3}
    assert "s03-changes was changed" in capsys.readouterr().err


def test_feedback_by_nbgraders_own_command_says_so_too(graded: Course) -> None:
    config = graded.config()
    config.GenerateFeedback.force = True
    GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()
    assert pages_that_say_so(graded) == {"s01-stays": 0, "s02-goes": 3, "s03-changes": 3}


def test_a_name_written_in_another_way_is_the_same_student(empty: Course, home: Path) -> None:
    for name, text in build(Entry("", ""), empty).items():
        folder = empty.submitted / OTHERWISE / empty.lab
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.ipynb").write_text(text)
    assert OTHERWISE != NAME == student_id(OTHERWISE)
    assert find_submissions(empty) == find_submissions(empty, NAME) == find_submissions(empty, OTHERWISE) == [NAME]
    assert len(read_submission(empty, NAME)[0].files) == 3
    record(empty, NAME)
    classlist = empty.root / "students.csv"
    classlist.write_text(f"id,email\n{OTHERWISE},zoe@example.org\n")
    with Writer(empty) as writer:
        writer.import_students(classlist)
        assert writer.students() == [NAME] and read_old_grades(empty, writer).words() == {}


def test_two_folders_of_one_name_are_named(empty: Course, capsys: pytest.CaptureFixture) -> None:
    for name in (NAME, OTHERWISE, "s01"):
        (empty.submitted / name / empty.lab).mkdir(parents=True)
    found, refused = all_submissions(empty)
    assert found == ["s01"] and set(refused) == {NAME, OTHERWISE}
    find_submissions(empty)
    assert capsys.readouterr().err.count("the same name, written otherwise") == 2


def test_the_list_of_a_class_holds_each_once(empty: Course) -> None:
    classlist = empty.root / "students.csv"
    with open(classlist, "w", newline="") as file:
        csv.writer(file).writerows([["id"], [NAME], [OTHERWISE]])
    with Writer(empty) as writer, pytest.raises(CourseError, match="line 3"):
        writer.import_students(classlist)
