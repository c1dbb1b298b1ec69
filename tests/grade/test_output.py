"""What cells print, as the graded notebook keeps it."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import nbformat
import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, SubmissionResult, TimeLimits, grade_id, read_notebook
from autograder.dispatch.station import Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits

FIRST = "exercise1_gradient_descent"
LIMITS = TimeLimits(cell_seconds=10, call_seconds=3, endless_bytes=20_000_000, notebook_bytes=5_000_000)
Grade = Callable[..., tuple[SubmissionResult, list[str]]]


@pytest.fixture(scope="module")
def grade(course: Course) -> Iterator[Grade]:
    """Grades a right submission with cells of its own. Gives the result and what those cells printed."""
    with Station(Setting(course, "0", LIMITS, Limits()), 1) as station:

        def examine(code: str, *places: str) -> tuple[SubmissionResult, list[str]]:
            after = dict.fromkeys(places or ["gradient-formula"], code)
            first = build(Entry("s01", "", after=after), course)[FIRST]
            handed = HandedIn({f"{FIRST}.ipynb": first.encode()})
            result = SubmissionResult.from_json(station.examine("s01", handed, ""))
            own = [cell for cell in nbformat.reads(result.written[FIRST], 4).cells if cell.id.startswith("own-")]
            return result, ["".join(output.get("text", "") for output in cell.outputs) for cell in own]

        yield examine


@pytest.mark.parametrize(
    "code",
    ["while True: print('x' * 10_000)", "while True: print('x' * 200)", "print('x' * 50_000_000)"],
    ids=["lines", "short-lines", "text"],
)
def test_a_cell_that_prints_too_much_is_stopped_and_says_so(grade: Grade, code: str) -> None:
    result, (text,) = grade(code)
    assert "[stopped: this cell printed more than 20000000 bytes]" in text
    assert len(text) < 2_100_000
    assert sum(cell.points or 0 for cell in result.notebooks[0].cells.values()) == 18
    assert result.notebooks[0].log == ["cell own-1: stopped, since it printed without end"]  # not for its time


def test_all_cells_together_cannot_print_without_end(grade: Grade, course: Course) -> None:
    places = [grade_id(cell) for cell in read_notebook(course.release / f"{FIRST}.ipynb").cells if grade_id(cell)]
    result, texts = grade("print(1_900_000 * 'x')", *places)
    assert len(texts) == len(places) >= 8
    assert [len(text) > 1_900_000 for text in texts] == [True, True] + [False] * (len(places) - 2)
    assert set(texts[2:]) == {"[not kept: the cells of this notebook have printed too much together]\n"}
    assert sum(cell.points or 0 for cell in result.notebooks[0].cells.values()) == 18


PICTURES = """
import base64
import numpy as np
for number in range(4):
    noise = base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + np.random.bytes(900_000)).decode()
    display({"image/png": noise, "text/plain": "a picture"}, raw=True)
print("the end")
"""
FRAMES = """
from IPython.display import clear_output
for number in range(120):
    clear_output(wait=True)
    print(number, "x" * 50_000)
print("the end")
"""
NO_TEXT = """
class Report:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "report", "text/html": 5}
display(Report())
display({"text/html": None, "text/plain": "x"}, raw=True)
display({"application/x-own": {"a": 3}, "text/plain": "x"}, raw=True)
display({"text/plain": 3, "image/png": 7}, raw=True)
print("the end")
"""


@pytest.mark.parametrize(
    ("code", "kept", "told"),
    [(PICTURES, 1, True), (FRAMES, 0, False), (NO_TEXT, 0, False)],
    ids=["pictures", "frames", "no-text"],
)
def test_what_a_cell_shows_does_not_cost_what_it_does(grade: Grade, code: str, kept: int, told: bool) -> None:
    result, (text,) = grade(code)
    assert "the end" in text and result.notebooks[0].log == [] and len(text) < 500_000
    assert ("[not all is kept" in text) == told
    shown = [output for cell in nbformat.reads(result.written[FIRST], 4).cells for output in cell.get("outputs", [])]
    assert sum(len(output.get("data", {}).get("image/png", "")) > 1_000_000 for output in shown) == kept
    assert sum(cell.points or 0 for cell in result.notebooks[0].cells.values()) == 18


def test_a_later_cell_does_not_change_what_an_earlier_one_showed(grade: Grade) -> None:
    code = """
show = {"text/plain": "-"}
if "later" in globals():
    display({"text/plain": "y" * 150_000}, raw=True, display_id="a", update=True)
else:
    later = [display({"text/plain": "-"}, raw=True, display_id="a") for _ in range(1000)]
"""
    result, _ = grade(code, "gradient-formula", "three-iterations")
    assert "y" * 100 not in result.written[FIRST] and len(result.written[FIRST]) < 1_000_000


LEFT_BEHIND = """
import asyncio
import sys
from pathlib import Path
from autograder.examine import examiner as examine
from autograder.intake import HandedIn
from autograder.course import TimeLimits, open_course

def leave_an_error(*given):
    asyncio.get_running_loop().create_future().set_exception(ValueError("left behind"))
    return find_notebooks(*given)

find_notebooks, examine.find_notebooks = examine.find_notebooks, leave_an_error
examiner = examine.Examiner(open_course("lab03", Path(sys.argv[1])), "0", TimeLimits())
print([book.status for book in examiner.examine(None, {}, "s01", HandedIn({}), "").notebooks])
"""


def test_errors_that_a_dead_kernel_leaves_behind_are_not_reported(course: Course) -> None:
    command = [sys.executable, "-c", LEFT_BEHIND, str(course.home)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("['missing', 'missing', 'missing']\n", "")
