"""The tables of `make bench`: what they say follows from what was measured."""

from pathlib import Path

from autograder.collect import collect
from autograder.course import Course
from bench.both_ways import Cell
from bench.classes import course_folder, make_class, make_download
from bench.courses import passed_by_always, row
from bench.measure import Cost
from bench.table import sentences, table_of_steps, table_of_ways
from bench.whole_way import AFTER, WAY

STOCK = {"autograde": Cost(24.0, 20.0, 400.0), "feedback": Cost(4.0, 3.0, 200.0)}


def run(seconds: float) -> dict[str, Cost]:
    steps = {step: Cost(seconds, 2 * seconds, 100.0) for step in (*WAY, *AFTER)}
    return {**steps, "autograde": Cost(5 * seconds, 8 * seconds, 900.0)}


def test_tables_have_a_line_for_each_step_and_way() -> None:
    steps = table_of_steps({24: [run(1.0)], 100: [run(3.0), run(5.0)]})
    assert len(steps) == 2 + len(WAY) + len(AFTER) + 1
    assert "| autograde | 5.0 | 20.0 | 8.0 | 32.0 |" in steps and "| whole way | 10.0 | 40.0 | | |" in steps
    ways = table_of_ways({100: [run(4.0)]}, [STOCK], [], [6.0], 12)
    assert "| stock nbgrader (12) | 2.000 | 1.667 | 0.333 | 0.250 | 400 MB |" in ways
    assert "| this kit (100) | 0.200 | 0.320 | 0.040 | 0.080 | 900 MB |" in ways and "0.500" in ways[-1]


def test_sentences_say_how_the_goals_stand() -> None:
    said = "\n".join(sentences({100: [run(4.0)]}, [STOCK], [6.0], 12))
    assert "100: the whole way is 5.8 times" in said and "grading 10.0 times" in said
    assert "0.64 times the CPU of the floor" in said and "0.20 of grading" in said
    assert "one student with feedback, in a class of 100: 8.0 s" in said


def test_the_table_of_courses_tells_apart_what_asks_nothing() -> None:
    """A cell that an empty answer passes in nbgrader's way says nothing of the wall when a false object passes it."""
    given = {"solution": 1.0, "blank": 0.0, "always": 1.0}
    asks = Cell("c", "n", "asks", 1.0, nbgrader=given, here={**given, "always": 0.0})
    nothing = Cell("c", "n", "nothing", 1.0, nbgrader={**given, "blank": 1.0}, here={**given, "blank": 1.0})
    broken = Cell("c", "n", "broken", 1.0, nbgrader={"solution": 0.0}, here={"solution": 0.0})
    assert row("c", 1, [asks, nothing]) == "| c | 1 | 2 | 2 (100.0%) | 0 | 0 | 2 (100.0%) | 1 (50.0%) | 0 of 1 |"
    said = passed_by_always([asks, nothing, broken])
    assert said.startswith("The object that says yes passes 1 of 2 (50.0%)") and said.endswith("fails, 0 of 1 (0.0%).")


def test_the_download_is_collected_whole(course: Course, tmp_path: Path) -> None:
    names = make_class(course, tmp_path / "class", 3)
    path = make_download(tmp_path / "class", course.lab, names)
    course_folder(course, tmp_path / "new")
    new = Course(tmp_path / "new", tmp_path / "new", course.lab)
    collected = collect(new, path, None, None)
    assert not collected.refused
    assert len(list(new.submitted.glob(f"*/{course.lab}/*.ipynb"))) == 3 * len(course.notebooks())
