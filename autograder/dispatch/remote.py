"""A worker's side of a cluster: it gets a lab ready once, then examines the submissions that it is sent.

These functions run in the threads of a Dask worker. The lab comes with the run, so a worker needs neither
the course nor a shared folder, and never has other tests than the run.
"""

from __future__ import annotations

import multiprocessing
import platform
import tempfile
import threading
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from distributed import get_worker

import autograder
from autograder.course import Course, TimeLimits, digest_of_json, distributions, files_of, lab_packages, tools_folder
from autograder.course import digest as digest_of
from autograder.dispatch.station import Lost, Setting, Station
from autograder.intake import HandedIn
from autograder.sandbox import Limits, ServerFailed, missing

LIBRARIES = ("ipykernel", "nbclient", "nbformat")  # beside those that the lab imports


@dataclass(frozen=True)
class Parcel:
    """A lab on its way to a worker: its files by path, the settings, and what the worker must be like."""

    lab: str
    files: dict[str, bytes]
    seed: str
    times: TimeLimits
    limits: Limits
    level: str
    versions: dict[str, str]


def pack(setting: Setting) -> Parcel:
    """The lab and the settings of a run."""
    course = setting.course
    folders = {"source": course.source, "hidden": course.hidden, "release": course.release}
    files = {
        f"{name}/{course.lab}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name, folder in folders.items()
        for path in files_of(folder)
    }
    wanted = versions([*LIBRARIES, *distributions(lab_packages(course))])
    return Parcel(course.lab, files, setting.seed, setting.times, setting.limits, setting.level, wanted)


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """What scores may depend on: this package's code, Python's version, and those of libraries."""
    packages = (Path(autograder.__file__).parent, tools_folder())
    digests = [
        (path.relative_to(code.parent).as_posix(), digest_of(path.read_bytes()))
        for code in packages
        for path in sorted(code.rglob("*.py"))
    ]
    own = {"autograder": digest_of_json(digests)[:12], "Python": ".".join(platform.python_version_tuple()[:2])}
    return own | {name: installed(name) for name in libraries}


def installed(library: str) -> str:
    try:
        return version(library).split("+")[0]
    except PackageNotFoundError:
        return "not installed"


_lock = threading.Lock()
_station: Station | None = None
_run = ""  # the run that the station is for
_all = ExitStack()


def prepare(run: str, parcel: Parcel, jobs: int) -> str:
    """Get ready for a run, in place of another one. Returns why that cannot be, or the empty text."""
    global _station, _run
    own = versions(set(parcel.versions) - {"autograder", "Python"})
    for name, wanted in parcel.versions.items():
        if own.get(name) != wanted:
            return f"it has {name} {own.get(name)}, and this run {wanted}: install the same there"
    if lack := missing(parcel.level):
        return lack
    if multiprocessing.current_process().daemon:
        return "it may not start processes: start it with `make worker`, or with DASK_DISTRIBUTED__WORKER__DAEMON=False"
    with _lock:
        if _run == run:
            return ""
        _close()
        # Dask removes the directories of workers that were killed: no hidden test is left behind.
        place = get_worker().local_directory
        folder = Path(_all.enter_context(tempfile.TemporaryDirectory(prefix="lab-", dir=place)))
        for name, data in parcel.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        course = Course(folder, folder, parcel.lab)
        setting = Setting(course, parcel.seed, parcel.times, parcel.limits, parcel.level)
        _station = _all.enter_context(Station(setting, jobs))
        try:
            _station.warm_up()
        except ServerFailed as error:
            _close()
            return str(error)
        _run = run
        return ""


def examine(run: str, student: str, handed: HandedIn, digest: str, usual: float | None) -> str:
    """Examine one submission. Returns its SubmissionResult as JSON. Lost if what examined it is gone."""
    with _lock:
        station = _station if _run == run else None
    if station is None:
        raise Lost("its worker was started anew")
    try:
        return station.examine(student, handed, digest, usual)
    except ServerFailed as error:
        raise Lost(str(error)) from None


def dismiss(run: str) -> None:
    """The run is over: let go of all that was made for it."""
    with _lock:
        if _run == run:
            _close()


def _close() -> None:
    global _station, _run
    _station, _run = None, ""
    _all.close()
