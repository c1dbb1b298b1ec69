"""Where submissions are examined: on this machine, or on a cluster."""

from __future__ import annotations

from contextlib import AbstractContextManager

from autograder.dispatch.jobs import cores
from autograder.dispatch.lanes import Lanes
from autograder.dispatch.local import ThisMachine
from autograder.dispatch.station import Setting


def open_lanes(setting: Setting, jobs: int | None, scheduler: str | None = None) -> AbstractContextManager[Lanes]:
    """Lanes to the processes of this machine, `jobs` at a time, or to the workers of a cluster at an address."""
    if scheduler is None:
        return ThisMachine(setting, jobs or cores())
    from autograder.dispatch.cluster import Cluster  # its package is an extra

    return Cluster(scheduler, setting)
