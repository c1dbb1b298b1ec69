"""A process that examines submissions does not hang, whatever it reads."""

import signal
import subprocess
import sys

from autograder.course import Course

HANGING = """
import re, sys
from pathlib import Path
from autograder.dispatch import worker
from autograder.examine import examiner as examine
from autograder.intake import HandedIn
from autograder.course import TimeLimits, open_course

examine.find_notebooks = lambda *given: re.fullmatch("(a|a)*b", 80 * "a")  # holds the interpreter's lock
worker.start_worker(open_course("lab03", Path(sys.argv[1])), "0", TimeLimits(submission_seconds=1))
worker.examine_one(None, {}, "s01", HandedIn({}), "")
"""


def test_what_takes_without_end_ends_the_process(course: Course) -> None:
    command = [sys.executable, "-c", HANGING, str(course.home)]
    assert subprocess.run(command, timeout=60).returncode == -signal.SIGALRM
