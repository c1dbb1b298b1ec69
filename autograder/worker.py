"""What a process of a station's pool does: it loads a lab once, then examines one submission after the other."""

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

_setting: tuple[Path, Path, str, TimeLimits] | None = None
_examiner: Examiner | None = None
_kernel = ""  # which kernels the examiner uses


def start_worker(source: Path, release: Path, seed: str, limits: TimeLimits) -> None:
    """Prepare this process. It ends by itself when the process that started the run is gone."""
    global _setting
    os.environ["MPLBACKEND"] = "agg"
    threading.Thread(target=end_with_parent, daemon=True).start()
    import torch

    torch.set_num_threads(1)
    _setting = (source, release, seed, limits)


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def examine_one(spec: KernelSpec, student: str, handed: HandedIn, digest: str) -> str:
    """Examine a submission with kernels of this spec. Returns its SubmissionResult as JSON."""
    global _examiner, _kernel
    assert _setting is not None, "start_worker comes first"
    if _examiner is None or _kernel != spec.to_json():  # the first submission, or a new server of kernels
        _examiner, _kernel = Examiner(*_setting, spec), spec.to_json()
    return _examiner.examine(student, handed, digest).to_json(whole=True)
