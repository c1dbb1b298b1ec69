"""What a process of a station's pool does: it loads a lab once, then examines one submission after the other."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from multiprocessing import connection

from jupyter_client.kernelspec import KernelSpec

from autograder.course import Course, CourseError, TimeLimits, lab_packages
from autograder.examine import Examiner, Outputs, calm_libraries
from autograder.intake import HandedIn

_examiner: Examiner | None = None
_trouble: CourseError | None = None
_seconds = 0.0  # for one submission, and all that is done with it


def start_worker(course: Course, seed: str, limits: TimeLimits) -> None:
    """Prepare this process. It ends by itself when the process that started the run is gone."""
    global _examiner, _trouble, _seconds
    threading.Thread(target=end_with_parent, daemon=True).start()
    calm_libraries(lab_packages(course))
    try:
        _examiner = Examiner(course, seed, limits)
    except CourseError as error:  # said once, with the first submission; raised here, each process would print it
        _trouble = error
    _seconds = 2 * limits.submission_seconds
    gc.freeze()  # what is loaded stays: it need not be looked through again and again


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def examine_one(
    spec: KernelSpec, constant: Outputs, student: str, handed: HandedIn, digest: str, usual: float | None = None
) -> str:
    """Examine a submission with kernels of this spec. Returns its SubmissionResult as JSON.

    CourseError where the lab cannot be loaded. Linux ends this process if reading what was handed in, or making it
    harmless, takes without end.
    """
    if _trouble:
        raise _trouble
    assert _examiner is not None, "start_worker comes first"
    signal.setitimer(signal.ITIMER_REAL, _seconds)
    try:
        return _examiner.examine(spec, constant, student, handed, digest, usual).to_json(whole=True)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
