"""What a process of the pool does: it loads a lab once, then examines one submission after the other."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing import connection
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec

from autograder.examine import Examiner
from autograder.intake import HandedIn
from autograder.limits import TimeLimits
from autograder.results import SubmissionResult

_examiner: Examiner | None = None


def start_worker(source: Path, release: Path, seed: str, limits: TimeLimits, spec: KernelSpec) -> None:
    """Prepare this process. It ends by itself when the process that started the run is gone."""
    global _examiner
    os.environ["MPLBACKEND"] = "agg"
    threading.Thread(target=end_with_parent, daemon=True).start()
    import torch

    torch.set_num_threads(1)
    _examiner = Examiner(source, release, seed, limits, spec)


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def examine_one(student: str, handed: HandedIn, digest: str) -> SubmissionResult:
    assert _examiner is not None, "start_worker comes first"
    return _examiner.examine(student, handed, digest)
