"""Who examines which submission: processes of this machine, or workers of a cluster. Each is loaded when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.light import handed_on

if TYPE_CHECKING:
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

__getattr__ = handed_on(
    __name__,
    {"choose": ["open_lanes"], "jobs": ["cores"], "lanes": ["Lanes", "dispatch"], "station": ["Setting"]},
)
