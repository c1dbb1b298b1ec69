"""Where submissions are examined: on this machine, or on a cluster."""

from __future__ import annotations

from contextlib import AbstractContextManager

from autograder.dispatch.jobs import cores
from autograder.dispatch.lanes import Lanes
from autograder.dispatch.local import ThisMachine
from autograder.dispatch.station import Setting
from autograder.sandbox import Limits, room_for


def open_lanes(setting: Setting, jobs: int | None, scheduler: str | None = None) -> AbstractContextManager[Lanes]:
    """Lanes to the processes of this machine, `jobs` at a time, or to the workers of a cluster at an address."""
    if scheduler is None:
        return ThisMachine(setting, jobs or at_a_time(setting.limits))
    from autograder.dispatch.cluster import Cluster  # its package is an extra

    return Cluster(scheduler, setting)


def at_a_time(limits: Limits) -> int:
    """How many submissions to examine at a time on this machine, with kernels of these limits.

    Three on two cores, since a submission's process and its kernel wait for each other now and then; but no more
    than leave each kernel its whole memory, if that is one on each core.
    """
    own = cores()
    return max(own, min(own + (own + 1) // 2, room_for(limits)))
