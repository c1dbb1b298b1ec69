"""Judges and probes are found as in grading: in the course's folder, and beside the masters."""

import sys

from tests.conftest import HOME

sys.path.insert(0, str(HOME / "source/lab03"))
