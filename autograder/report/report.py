"""The report of a lab for its teachers: one page that needs no network, and the same data as CSV and JSON."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import sys
from dataclasses import asdict
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.course import Course, CourseError, command, forgeable, no_formula
from autograder.record import Writer, read_old_grades
from autograder.report.analysis import ClassData, read_class
from autograder.report.scores import short_names

MAX_ROWS = 200  # of a table of messages


def write_report(course: Course) -> Path:
    """Write report/<lab>.html, .csv and .json. Returns the path of the first."""
    if not course.has_gradebook:
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
    with Writer(course) as writer:
        standing = read_old_grades(course, writer)
        data = read_class(writer, course.lab, course.notebooks(), standing.words())
    data.forgeable = forgeable(course)
    if not any(row.notebooks for row in data.students):
        raise CourseError(f"Nothing is graded yet: run `{command('autograde', course)}` first.")
    for line in standing.lines():
        print(line, file=sys.stderr)
    from autograder.report.figures import check_figure, score_figure, time_figure  # matplotlib: half a second

    folder = course.root / "report"
    folder.mkdir(exist_ok=True)
    path = folder / f"{course.lab}.html"
    figures = {
        "scores": score_figure(data.students),
        "checks": check_figure(data.checks, data.names),
        "times": time_figure(data.times),
    }
    path.write_text(page("report.html", data=data, figures=figures, most=MAX_ROWS, short=short_names(data.names)))
    path.with_suffix(".json").write_text(json.dumps(asdict(data), indent=1, ensure_ascii=False) + "\n")
    write_csv(data, path.with_suffix(".csv"))
    return path


def page(template: str, **values: object) -> str:
    """A page of this package from its template. Its only script is tables.js, and the page allows no other."""
    script = resources.files("autograder.report").joinpath("templates/tables.js").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    environment = Environment(loader=PackageLoader("autograder.report"), autoescape=True, undefined=StrictUndefined)
    environment.filters["points"] = lambda number: f"{round(number, 2):g}"
    return environment.get_template(template).render(script=Markup(script), script_digest=digest, **values)


def write_csv(data: ClassData, path: Path) -> None:
    """A line a student. Where there is no grade the field is empty, never 0."""
    with open(path, "w", newline="") as file:
        lines = csv.writer(file)
        heads = [head for name in data.names for head in (name, f"{name} state")]
        lines.writerow(["student", *heads, "total", "maximum", "state", "late penalty", "seconds", "note"])
        for row in data.students:
            marks = [row.notebooks.get(name) for name in data.names]
            fields = [field for mark in marks for field in ((mark.score, mark.state) if mark else (None, ""))]
            tail = [row.total, row.maximum, row.state, row.penalty, row.seconds, no_formula(row.note)]
            lines.writerow([no_formula(row.student), *fields, *tail])
