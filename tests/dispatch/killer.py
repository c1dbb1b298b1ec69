"""Preloaded into a worker: it dies of every submission of one student, as of a fault that nobody foresaw."""

import os
import signal

from autograder.dispatch.station import Station

examine = Station.examine


def die_of_one(self, student, handed, digest, usual=None):
    if student.endswith("deadly"):
        os.kill(os.getpid(), signal.SIGKILL)
    return examine(self, student, handed, digest, usual)


Station.examine = die_of_one  # type: ignore[method-assign]
