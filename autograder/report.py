"""The report of a lab for its teachers: the scores, and how often each check was passed."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from jinja2 import Environment, PackageLoader

from autograder.course import Course, CourseError
from autograder.record import Writer
from autograder.scores import read_scores


def write_report(course: Course) -> Path:
    """Write report/<lab>.html and report/<lab>.csv. Returns the path of the first."""
    if not course.gradebook.exists():
        raise CourseError(f"Nothing is graded yet: run `make autograde LAB={course.lab}` first.")
    with Writer(course) as writer:
        rows = read_scores(writer)
        results = writer.results()
    if not rows:
        raise CourseError(f"Nothing is graded yet: run `make autograde LAB={course.lab}` first.")
    asked: Counter[tuple[str, str]] = Counter()
    passed: Counter[tuple[str, str]] = Counter()
    for result in results:
        for book in result.notebooks:
            for name, cell in book.cells.items():
                for check in cell.checks:
                    asked[name, check.name] += 1
                    passed[name, check.name] += check.earned > 0
    checks = [(cell, name, passed[cell, name], asked[cell, name]) for cell, name in asked]
    folder = course.root / "report"
    folder.mkdir(exist_ok=True)
    names = course.notebooks()
    environment = Environment(loader=PackageLoader("autograder"), autoescape=True)
    page = environment.get_template("report.html").render(lab=course.lab, names=names, rows=rows, checks=checks)
    path = folder / f"{course.lab}.html"
    path.write_text(page)
    with open(folder / f"{course.lab}.csv", "w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["student", *names, "total", "maximum", "remark"])
        for row in rows:
            scores = [row.scores.get(name, 0.0) for name in names]
            lines.writerow([harmless(row.student), *scores, row.total, row.maximum, harmless(row.remark)])
    return path


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text[:1] in "=+-@\t\r" and text else text
