"""A submission that takes much longer than others lets them go first, and loses nothing by it."""

from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, NotebookResult, SubmissionResult, TimeLimits
from autograder.dispatch import lanes as module
from autograder.dispatch.lanes import Lane, dispatch
from autograder.dispatch.pace import FEW, FIRST, MORE, SLOW, Pace
from autograder.dispatch.station import Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits

BOOK = "exercise1_gradient_descent"
PATIENT = TimeLimits(cell_seconds=8, call_seconds=8)
SLOW_CELL = "import time\ntime.sleep(4)\nprint('done')"
SLOW_ANSWER = "import time\n\ndef gradient(x1, x2):\n    time.sleep(0.5)\n    return 2 * x1 - x2 - 12, 2 * x2 - x1"


def test_others_have_a_first_turn_before_it_has_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTENTION", 0)
    given: list[tuple[str, float | None]] = []

    def submit(student: str, handed: HandedIn, digest: str, usual: float | None) -> Future[str]:
        given.append((student, usual))
        slow = student.startswith("slow") and usual is not None and usual < 10
        book = NotebookResult(BOOK, seconds=2.0)
        future: Future[str] = Future()
        future.set_result(SubmissionResult(student, "0", "", [book], put_off=slow).to_json())
        return future

    class One:
        def now(self) -> list[Lane]:
            return [lane]

    lane = Lane("lane", 1, submit)
    students = ["slow-1", *(f"s{number}" for number in range(2 * FEW)), "slow-2"]
    found = [
        result.student
        for result in dispatch(One(), students, lambda student: (HandedIn(), ""), lambda *_: pytest.fail("given up"))
    ]
    assert found == [*(f"s{number}" for number in range(2 * FEW)), "slow-1", "slow-2"]
    assert given[0] == ("slow-1", FIRST) and given[FEW + 1] == (f"s{FEW}", 2.0)
    assert [usual for student, usual in given if student == "slow-2"] == [2.0, None]


def test_a_next_turn_is_longer_and_a_slow_lab_hurries_nobody() -> None:
    pace = Pace()
    assert pace.usual("s1") == FIRST
    for _ in range(FEW):
        pace.took(1.5)
    pace.put_off("s1")
    assert (pace.usual("s1"), pace.usual("s2")) == (1.5 * MORE, 1.5)
    for number in range(SLOW + FEW):
        pace.put_off(f"slow-{number}")
    assert pace.usual("s2") is None


def test_who_may_take_a_whole_cells_time_need_not_hurry() -> None:
    times = TimeLimits(cell_seconds=20, call_seconds=10, submission_seconds=300)
    hurried = times.hurried(2.0)
    assert (hurried.cell_seconds, hurried.call_seconds, hurried.submission_seconds) == (1.0, 1.0, 8.0)
    assert times.hurried(0.1).cell_seconds == 0.5 and times.hurried(30.0).call_seconds == 10
    assert times.hurried(40.0) == times


@pytest.fixture(scope="module")
def station(course: Course) -> Iterator[Station]:
    with Station(Setting(course, "0", PATIENT, Limits()), 1) as station:
        yield station


@pytest.mark.slow
@pytest.mark.parametrize(
    "entry",
    [
        Entry("cell", "", after={"keep-going": SLOW_CELL}),
        Entry("question", "", answers={"gradient-formula": SLOW_ANSWER}),
    ],
    ids=lambda entry: entry.name,
)
def test_what_takes_longer_than_others_is_put_off_and_has_its_points_later(
    station: Station, course: Course, entry: Entry
) -> None:
    handed = HandedIn({f"{BOOK}.ipynb": build(entry, course)[BOOK].encode()})

    def examine(usual: float | None) -> SubmissionResult:
        return SubmissionResult.from_json(station.examine("s01", handed, "", usual))

    assert examine(1.0).put_off
    later = examine(None)
    assert not later.put_off and later.notebooks[0].log == []
