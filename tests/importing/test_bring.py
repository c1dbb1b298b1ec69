"""A course is brought in: its masters in today's format, the same each time, and nothing of it run or changed."""

from pathlib import Path

import pytest

from autograder.course import CourseError, check_masters, grade_id, read_notebook
from autograder.importing import bring
from tests.importing.old_course import ANSWER, cell, write_notebook, write_old_course


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return write_old_course(tmp_path / "old")


def test_a_course_is_brought_in_whole_and_left_as_it_was(old: Path, tmp_path: Path) -> None:
    before = contents(old)
    (lab,) = bring(tmp_path / "new", old)
    assert contents(old) == before and not Path("was-run").exists()
    assert sorted(contents(lab.course.source)) == [
        "data/words.txt",
        "essay.ipynb",
        "helper.py",
        "requirements.txt",
        "words.ipynb",
    ]
    assert lab.course.lab == "Home_Work_1" and lab.packages == []
    check_masters(lab.course)
    book = read_notebook(lab.course.source / "words.ipynb")
    assert [grade_id(each) for each in book.cells[2:]] == [
        "setup",
        "longest",
        "test-longest",
        "test-partial",
        "test-nothing",
    ]
    assert book.cells[3].source == ANSWER.replace("#~begin", "### BEGIN SOLUTION").replace("#~end", "### END SOLUTION")
    assert len({each.id for each in book.cells}) == len(book.cells) and book.cells[4].id == "test-longest"
    assert lab.said == [
        "nbgrader_config.py: ClearSolutions.enforce_metadata is not taken over",
        "words: test longest: nbgrader takes no such name; it is test-longest now",
    ]
    config = (tmp_path / "new/nbgrader_config.py").read_text()
    assert "'old-course'" in config and "pass  # write this" in config


def test_ids_come_out_the_same_twice(old: Path, tmp_path: Path) -> None:
    one, two = (bring(tmp_path / name, old)[0].course for name in ("one", "two"))
    assert contents(one.source) == contents(two.source)


def test_a_folder_and_a_notebook_can_be_brought_alone(old: Path, tmp_path: Path) -> None:
    folder = old / "source/Home Work 1"
    (lab,) = bring(tmp_path / "folder", folder, "lab01")
    assert lab.course.lab == "lab01" and (lab.course.source / "essay.ipynb").is_file()
    (lab,) = bring(tmp_path / "one", folder / "words.ipynb")
    assert lab.course.lab == "words"
    assert sorted(contents(lab.course.source)) == ["data/words.txt", "helper.py", "requirements.txt", "words.ipynb"]


def test_nothing_is_written_over(old: Path, tmp_path: Path) -> None:
    bring(tmp_path / "new", old)
    before = contents(tmp_path / "new")
    with pytest.raises(CourseError, match="Home_Work_1 is there already.*--lab"):
        bring(tmp_path / "new", old)
    assert contents(tmp_path / "new") == before


@pytest.mark.parametrize("place", ["nowhere", "empty"])
def test_where_there_is_no_course_it_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="There is no|holds no master"):
        bring(tmp_path / "new", tmp_path / place)
    assert not (tmp_path / "new").exists()


def test_marks_that_nbgrader_refuses_are_put_right(tmp_path: Path) -> None:
    cells = [
        cell("x = 1", grade_id="x", solution=True),
        cell("assert x", grade_id="x", grade=True, points=1),
        cell("assert x", grade=True, points=1),
        cell("read this", "markdown", grade_id="text", grade=True, points=1),
    ]
    write_notebook(tmp_path / "old/hw/one.ipynb", cells)
    (lab,) = bring(tmp_path / "new", tmp_path / "old/hw")
    check_masters(lab.course)
    assert [grade_id(each) for each in read_notebook(lab.course.source / "one.ipynb").cells] == ["x", "x-2", "", "text"]
    assert len(lab.said) == 3


def test_other_languages_are_refused(tmp_path: Path) -> None:
    write_notebook(tmp_path / "hw/one.ipynb", [cell("x <- 1", grade_id="x", solution=True)], language="R")
    with pytest.raises(CourseError, match="one.ipynb is written in r; only Python"):
        bring(tmp_path / "new", tmp_path / "hw")
    assert not (tmp_path / "new/source/hw").exists()


def test_one_lab_that_cannot_be_brought_does_not_keep_the_others_out(old: Path, tmp_path: Path) -> None:
    write_notebook(old / "source/A Lab/one.ipynb", [cell("x <- 1", grade_id="x", solution=True)], language="R")
    refused, lab = bring(tmp_path / "new", old)
    assert refused.course.lab == "A_Lab" and "only Python" in refused.refused
    assert not refused.course.source.exists() and (lab.course.source / "words.ipynb").is_file() and not lab.refused
    assert refused.said == ["nbgrader_config.py: ClearSolutions.enforce_metadata is not taken over"]  # once


def test_packages_are_those_of_the_masters(tmp_path: Path) -> None:
    cells = [
        cell("import numpy as np\nfrom no_such_package import x\ntry:\n    import other\nexcept ImportError: pass")
    ]
    cells.append(cell("x = 1", grade_id="x", solution=True))
    write_notebook(tmp_path / "hw/one.ipynb", cells)
    (lab,) = bring(tmp_path / "new", tmp_path / "hw")
    assert lab.packages == ["no_such_package", "numpy"]
    assert (lab.course.source / "requirements.txt").read_text().splitlines() == [
        "jupyterlab",
        "no_such_package",
        "numpy",
    ]
    assert lab.said == [
        "needs what this Python does not have, so what follows is without it: pip install no_such_package"
    ]
    with pytest.raises(CourseError, match="hw imports no_such_package, which this Python lacks"):
        check_masters(lab.course)
