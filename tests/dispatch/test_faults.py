"""Whatever dies, each submission is graded once, with the scores of a run on one machine."""

import shutil
import signal
import time
from collections.abc import Callable

import psutil
import pytest

from autograder.course import Course, CourseError
from autograder.dispatch import cluster
from autograder.grade import autograde
from autograder.record import Writer
from tests.dispatch.conftest import FIRST, MISTAKES, Machines, Run, Scores, family, hand_in_class, scores

pytestmark = pytest.mark.slow

Start = Callable[[int], Run]


def assert_complete(run: Run, local: Scores, size: int) -> None:
    counts = run.counts()
    assert (counts.graded, counts.unchanged, counts.failed) == (size, 0, 0)
    found = scores(run.course)
    assert len(found) == size
    for name, points in found.items():
        assert points == local[name.partition("-")[2]], name


def test_workers_come_and_are_killed(machines: Machines, start: Start, local: Scores) -> None:
    first = machines.start_worker()
    run = start(24)
    run.wait_for(3)
    machines.start_worker()
    orphans = family(first.pid)[1:]
    assert any(process.name() == "bwrap" for process in orphans)
    first.send_signal(signal.SIGKILL)
    assert_complete(run, local, 24)
    _, alive = psutil.wait_procs(orphans, timeout=20)
    assert not alive


def test_the_warm_server_of_a_worker_is_killed(machines: Machines, start: Start, local: Scores) -> None:
    worker = machines.start_worker()
    run = start(12)
    run.wait_for(3)
    servers = [process for process in family(worker.pid) if process.name() == "bwrap"]
    assert servers
    for process in servers:
        process.kill()
    assert_complete(run, local, 12)


def test_the_scheduler_is_started_again(machines: Machines, start: Start, local: Scores) -> None:
    machines.start_worker()
    run = start(16)
    run.wait_for(3)
    assert machines.scheduler is not None
    machines.scheduler.kill()
    machines.scheduler.wait()
    machines.end_workers()
    time.sleep(1)
    assert run.recorded() < 16
    machines.start_scheduler()
    machines.start_worker()
    assert_complete(run, local, 16)


def test_a_submission_that_kills_every_worker_is_given_up(
    machines: Machines, small: Course, start: Start, local: Scores, tmp_path
) -> None:
    for _ in range(2):
        machines.start_worker("--nanny", "--preload", "tests.dispatch.killer")
    course = hand_in_class(small, tmp_path / "class", 9)
    (tmp_path / "class/submitted/s04-wrong").rename(tmp_path / "class/submitted/s04-deadly")
    counts = Run(course, machines).counts()
    assert (counts.graded, counts.failed) == (8, 1)
    found = scores(course)
    assert set(found.pop("s04-deadly").values()) == {0.0}
    assert all(points == local[name.partition("-")[2]] for name, points in found.items())
    with Writer(course) as writer:
        (book,) = next(result for result in writer.results() if result.student == "s04-deadly").notebooks
    assert book.status == "failed" and "is gone, 3 times" in book.reason


def test_a_worker_that_differs_is_refused(
    machines: Machines, start: Start, local: Scores, copy_of_package, tmp_path, capfd, monkeypatch
) -> None:
    code = copy_of_package / "autograder/examine/examiner.py"
    code.write_text(code.read_text() + "\n# another version\n")
    machines.start_worker(path=copy_of_package)
    other_torch = tmp_path / "torch-place"
    (other_torch / "torch-2.12.0.dist-info").mkdir(parents=True)
    (other_torch / "torch-2.12.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: torch\nVersion: 2.12.0\n"
    )
    machines.start_worker(path=other_torch)
    monkeypatch.setattr(cluster, "HOPE", 10.0)
    run = start(6)
    with pytest.raises(CourseError, match="No worker of tcp://.* can be used"):
        run.counts()
    said = capfd.readouterr().err
    assert "has torch 2.12.0, and this run 2.13.0" in said and "has autograder " in said
    monkeypatch.undo()
    machines.start_worker()
    assert_complete(Run(run.course, machines), local, 6)
    assert capfd.readouterr().err.count("is not used") == 2


def test_the_tests_come_with_the_run(machines: Machines, start: Start, small: Course, tmp_path) -> None:
    """The same worker grades under other tests when the lab has others."""
    machines.start_worker()
    start(len(MISTAKES)).counts()
    harder = Course(tmp_path / "harder", tmp_path / "harder", small.lab)
    for folder in ("source", "release"):
        (harder.home / folder).mkdir(parents=True)
    shutil.copytree(small.source, harder.source)
    shutil.copytree(small.release, harder.release)
    shutil.copy(small.home / "nbgrader_config.py", harder.home)
    path = harder.source / f"{FIRST}.ipynb"
    text = path.read_text()
    path.write_text(text.replace("[[-12, 0]]", "[[-13, 0]]"))
    assert path.read_text() != text
    course = hand_in_class(small, harder.home, len(MISTAKES))
    course = Course(harder.home, harder.home, small.lab)
    assert autograde(course, scheduler=machines.address).graded == len(MISTAKES)
    assert scores(course)["s00-right"]["test-gradient-formula"] < 3


def test_without_a_scheduler_nothing_starts(small: Course, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "CONNECT", 1.0)
    course = hand_in_class(small, tmp_path, 1)
    with pytest.raises(CourseError, match="No scheduler answers at tcp://127.0.0.1:9"):
        autograde(course, scheduler="tcp://127.0.0.1:9")
