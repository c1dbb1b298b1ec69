"""Who examines which submission: processes of this machine, or workers of a cluster."""

from __future__ import annotations

from autograder.dispatch.choose import open_lanes
from autograder.dispatch.jobs import cores
from autograder.dispatch.lanes import Lanes, dispatch
from autograder.dispatch.station import Setting

__all__ = [
    "Lanes",
    "Setting",
    "cores",
    "dispatch",
    "open_lanes",
]
