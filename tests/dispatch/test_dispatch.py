"""Submissions are given out a few at a time, and each comes back once, whatever happens to the lanes."""

from concurrent.futures import Future

import pytest

from autograder.course import Course, CourseError, SubmissionResult, TimeLimits
from autograder.dispatch import lanes as module
from autograder.dispatch.choose import at_a_time
from autograder.dispatch.lanes import Lane, dispatch
from autograder.dispatch.station import Lost, Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits


class Pretend:
    """Lanes that finish what they hold, the oldest first, each time they are looked at."""

    def __init__(self, number: int, slots: int) -> None:
        self.held: list[tuple[str, Future[str]]] = []
        self.most = 0
        self.given: list[str] = []
        self.together: list[set[str]] = []  # what was in flight when something was lost
        self.lanes = [Lane(f"lane {i}", slots, self.submit) for i in range(number)]

    def submit(self, student: str, handed: HandedIn, digest: str, usual: float | None) -> Future[str]:
        future: Future[str] = Future()
        self.held.append((student, future))
        self.given.append(student)
        self.most = max(self.most, len(self.held))
        return future

    def now(self) -> list[Lane]:
        if self.held:
            student, future = self.held.pop(0)
            if student.startswith("deadly"):
                self.together.append({student, *(name for name, _ in self.held)})
                for each in [future, *(other for _, other in self.held)]:
                    each.set_exception(Lost("its process died"))
                self.held.clear()
            elif student.startswith("full"):
                future.set_exception(OSError(28, "No space left on device"))
            elif student.startswith("faulty"):
                future.set_exception(ValueError("a fault of ours"))
            else:
                future.set_result(SubmissionResult(student, "0", "").to_json())
        return self.lanes


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ATTENTION", 0)


def run(lanes, students: list[str]) -> tuple[list[str], dict[str, str]]:
    """The students in the order of their results, and the causes of those that were given up."""
    causes: dict[str, str] = {}

    def give_up(student: str, cause: str) -> SubmissionResult:
        causes[student] = cause
        return SubmissionResult(student, "0", "")

    results = dispatch(lanes, students, lambda student: (HandedIn(), ""), give_up)
    return [result.student for result in results], causes


def test_no_more_are_read_than_there_are_places() -> None:
    lanes = Pretend(2, 3)
    students = [f"s{number}" for number in range(500)]
    found, causes = run(lanes, students)
    assert sorted(found) == sorted(students) and not causes
    assert lanes.most == 6


def test_what_kills_its_lane_takes_no_other_with_it() -> None:
    lanes = Pretend(1, 4)
    students = ["s1", "deadly-1", "s2", "deadly-2", "s3", "s4", "s5"]
    found, causes = run(lanes, students)
    assert sorted(found) == sorted(students)
    assert set(causes) == {"deadly-1", "deadly-2"} and causes["deadly-1"] == "its process died, 3 times"
    alone = [group for group in lanes.together if len(group) == 1]
    assert len(alone) >= 4, "after the first loss each is tried alone"
    assert lanes.given.count("deadly-1") == 3


def test_an_error_of_ours_costs_one_submission_only() -> None:
    found, causes = run(Pretend(1, 2), ["s1", "faulty", "s2"])
    assert sorted(found) == ["faulty", "s1", "s2"]
    assert causes == {"faulty": "ValueError: a fault of ours"}


def test_what_a_closed_lane_held_is_given_to_another() -> None:
    lanes = Pretend(2, 1)
    hung = lanes.lanes[0]
    hung.submit = lambda *given: Future()  # never answers
    looks = iter(range(100))
    everything = lanes.now
    lanes.now = lambda: everything() if next(looks) < 3 else everything()[1:]  # type: ignore[method-assign]
    found, causes = run(lanes, ["s1", "s2", "s3"])
    assert sorted(found) == ["s1", "s2", "s3"] and not causes


@pytest.mark.parametrize(
    ("own", "room", "most"), [(1, 9, 2), (2, 9, 3), (4, 9, 6), (4, 5, 5), (2, 1, 2), (64, 60, 64), (64, 999, 96)]
)
def test_more_submissions_than_cores_where_memory_allows(
    monkeypatch: pytest.MonkeyPatch, own: int, room: int, most: int
) -> None:
    limits = Limits(memory_bytes=1_000_000_000)
    monkeypatch.setattr("autograder.dispatch.choose.cores", lambda: own)
    monkeypatch.setattr("autograder.sandbox.share.machine_memory", lambda: 2_000_000_000 * room + 1_000_000)
    assert at_a_time(limits) == most


def test_without_lanes_the_run_stops() -> None:
    class Nowhere:
        def now(self) -> list[Lane]:
            raise CourseError("no worker")

    with pytest.raises(CourseError, match="no worker"):
        run(Nowhere(), ["s1"])


def test_a_fault_of_the_machine_is_booked_for_nobody() -> None:
    with pytest.raises(CourseError, match="lane 0 cannot go on: .*No space left on device.*What was recorded stays"):
        run(Pretend(1, 2), ["s1", "full-disk", "s2"])


def test_a_machine_without_semaphores_says_so(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autograder.dispatch.station.ProcessPoolExecutor", refuse)
    monkeypatch.setattr(Station, "_draw", lambda self: {})
    monkeypatch.setattr("autograder.sandbox.WarmServer.start", lambda self: None)
    monkeypatch.setattr("autograder.sandbox.WarmServer.running", True)
    setting = Setting(course, "0", TimeLimits(), Limits())
    with Station(setting, 1) as station, pytest.raises(CourseError, match="/dev/shm has to be writable: mount"):
        station.examine("s01", HandedIn(), "")
