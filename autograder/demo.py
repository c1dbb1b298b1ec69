"""The demonstration: a small synthetic class is handed in, graded, and compared with what it should get."""

from __future__ import annotations

import shutil

from autograder.check import expected_points, hand_in, read_bank
from autograder.course import Course, open_course
from autograder.grade import autograde
from autograder.record import Writer
from autograder.release import make_release
from autograder.report import read_scores, table, write_feedback, write_report
from autograder.sandbox import NONE


def run_demo(lab: str | None, level: str | None = None) -> int:
    """Make the release, grade the synthetic class of the lab in demo/, print the scores. Returns an exit code.

    `level` is that of the protection, if not the course's own.
    """
    home = open_course(lab)
    course = Course(home.home, home.home / "demo", home.lab)
    shutil.rmtree(course.root, ignore_errors=True)
    course.root.mkdir()
    print(f"release/{home.lab}: {'made anew' if make_release(home) else 'verified, unchanged'}")
    entries = read_bank(home.home / "tests" / home.lab / "class")
    if level == NONE:
        hostile = [entry.name for entry in entries if entry.hostile]
        print(f"Without a sandbox the hostile submissions are left out: {', '.join(hostile)}.")
        entries = [entry for entry in entries if not entry.hostile]
    for entry in entries:
        hand_in(entry, course)
    counts = autograde(course, level=level)
    folders = write_feedback(course)
    report = write_report(course)
    with Writer(course) as writer:
        print(f"\n{table(read_scores(writer))}\n")
        surprises = compare(entries, course, writer)
    print(counts)
    print(f"feedback: {folders[0].relative_to(home.home)}/*.html and {len(folders) - 1} more folders")
    print(f"report:   {report.relative_to(home.home)}")
    for line in surprises:
        print(f"not as expected: {line}")
    return 1 if surprises or counts.failed else 0


def compare(entries: list, course: Course, writer: Writer) -> list[str]:
    """Where the points of test cells differ from what the entries say, in words."""
    lines = []
    for entry in entries:
        result = writer.result(entry.name)
        cells = {name: cell for book in result.notebooks for name, cell in book.cells.items()} if result else {}
        for name, points in expected_points(entry, course).items():
            got = cells[name].points if name in cells else None
            if got != points:
                lines.append(f"{entry.name}: {name} gave {got} points, expected {points:g}")
    return lines
