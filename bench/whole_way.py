"""The whole way of this kit over one class, from Moodle's download to feedback, report and export, step by step."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.course import Course
from bench.classes import course_folder
from bench.measure import Cost, run_all

#: What a class takes, in this order; the others measure what comes after.
WAY = ("collect", "autograde", "feedback", "report", "similarity", "export")
AFTER = ("autograde, unchanged", "feedback, unchanged", "one student again", "feedback for one")


def run_whole_way(home: Course, place: Path, download: Path) -> dict[str, Cost]:
    """Each step in a folder of its own; `place` is made. Returns what each took."""
    course_folder(home, place)
    course = Course(place, place, home.lab)
    costs = {
        "collect": run_step(course, "collect", str(download)),
        "autograde": run_step(course, "autograde"),
        "feedback": run_step(course, "feedback"),
        "report": run_step(course, "report"),
        "similarity": run_step(course, "similarity"),
        "export": run_step(course, "export", "--partial"),
        "autograde, unchanged": run_step(course, "autograde"),
        "feedback, unchanged": run_step(course, "feedback"),
    }
    student = sorted(path.parent.name for path in course.submitted.glob(f"*/{course.lab}"))[0]
    for path in course.submission(student).glob("*.ipynb"):
        path.write_text(path.read_text() + "\n")  # another file, with the same answers
    costs["one student again"] = run_step(course, "autograde", "--student", student)
    costs["feedback for one"] = run_step(course, "feedback")
    return costs


def run_step(course: Course, step: str, *words: str) -> Cost:
    """One command of this kit, in the folder of a course."""
    command = [sys.executable, "-m", "autograder", step, "--lab", course.lab, *words]
    return run_all([command], [course.root], dict(os.environ))
