"""Kernels for hostile code: forked from a warm server, each in its own namespaces, with limits."""

from __future__ import annotations

from autograder.sandbox import bubblewrap, kernels
from autograder.sandbox.box.layout import COMPILER, FULL, LEVELS, NONE, REDUCED, SHARED
from autograder.sandbox.box.limits import Limits
from autograder.sandbox.levels import missing, weaker
from autograder.sandbox.provisioner import KernelRefused
from autograder.sandbox.share import fair_share, room_for
from autograder.sandbox.warm import ServerFailed, WarmServer

__all__ = [
    "COMPILER",
    "FULL",
    "LEVELS",
    "NONE",
    "REDUCED",
    "SHARED",
    "KernelRefused",
    "Limits",
    "ServerFailed",
    "WarmServer",
    "bubblewrap",
    "fair_share",
    "kernels",
    "missing",
    "room_for",
    "weaker",
]
