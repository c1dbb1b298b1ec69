"""How do the steps that need no kernel grow with the class? Results made in advance: a graded class, copied.

Each copy has a line of its own in every answer in code, which it shares with one other, so that there is something to
find for `similarity`. What is measured is feedback, report, similarity and export, each as a command of its own.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import shutil
import tempfile
from pathlib import Path

from autograder.collect import read_submission
from autograder.course import (
    Course,
    deciding_digests,
    is_solution,
    open_course,
    read_notebook,
    submission_digest,
    use_own_commands,
)
from autograder.record import VERSION, Writer
from bench.classes import course_folder, make_class
from bench.measure import Cost
from bench.whole_way import run_step

STEPS = ("feedback", "report", "similarity", "export")
MODELS = 12  # submissions that are graded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", default="lab03")
    parser.add_argument("--size", type=int, nargs="+", default=[500, 5000], help="submissions in the classes")
    options = parser.parse_args()
    use_own_commands()
    home = open_course(options.lab)
    costs: dict[int, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        models = graded_class(home, Path(folder) / "models")
        for size in options.size:
            course = fill(models, Path(folder) / str(size), size)
            costs[size] = {step: run_step(course, step) for step in STEPS if step != "export"}
            costs[size]["export"] = run_step(course, "export", "--partial")
            told = "; ".join(f"{step} {cost.wall:.1f} s, {cost.memory:.0f} MB" for step, cost in costs[size].items())
            print(f"  {size}: {told}", flush=True)
            shutil.rmtree(course.root)
    print("\n".join(["", *table(costs)]))


def graded_class(home: Course, place: Path) -> Course:
    """A small class, graded."""
    course_folder(home, place)
    course = Course(place, place, home.lab)
    make_class(home, place, MODELS)
    run_step(course, "autograde")
    return course


def fill(models: Course, place: Path, size: int) -> Course:
    """A course whose gradebook, submissions and graded notebooks are copies of those of another."""
    course_folder(models, place)
    shutil.copy(models.gradebook, place)
    course = Course(place, place, models.lab)
    with Writer(course) as writer:
        results = {result.student: result for result in writer.results()}
        deciding, seed = deciding_digests(course), writer.note("seed") or ""
        for student in results:
            writer.gradebook.remove_student(student)
        for number in range(size):
            model = results[sorted(results)[number % len(results)]]
            result = copy.copy(model)
            result.student = f"s{number:05}"
            copy_submission(models, course, model.student, result.student, number)
            handed = read_submission(course, result.student)[1]
            result.digest = submission_digest(handed, deciding, seed + VERSION, result.missing)
            writer.record(result, None)
    return course


def copy_submission(models: Course, course: Course, model: str, student: str, number: int) -> None:
    """Link what was handed in, and write what was graded, with a line of its own in each answer."""
    course.submission(student).mkdir(parents=True)
    for path in models.submission(model).glob("*.ipynb"):
        os.link(path, course.submission(student) / path.name)
    course.autograded(student).mkdir(parents=True)
    draw = random.Random(number // 2)
    for path in models.autograded(model).glob("*.ipynb"):
        notebook = read_notebook(path)
        for cell in notebook.cells:
            if is_solution(cell) and cell.cell_type == "code":
                cell.source += f"\n_own = {draw.sample(range(1000, 10_000), 12)}"
        (course.autograded(student) / path.name).write_text(json.dumps(notebook, ensure_ascii=False, sort_keys=True))


def table(costs: dict[int, dict[str, Cost]]) -> list[str]:
    """A row a step: seconds and memory by size, and what a submission takes in the largest class, by the smallest."""
    least, most = min(costs), max(costs)
    lines = [f"| step | {' | '.join(f'{size}: s | MB' for size in costs)} | a submission, {most} by {least} |"]
    lines.append("|---" * (2 + 2 * len(costs)) + "|")
    for step in STEPS:
        shown = " | ".join(f"{own[step].wall:.1f} | {own[step].memory:.0f}" for own in costs.values())
        growth = (costs[most][step].wall / most) / (costs[least][step].wall / least)
        lines.append(f"| {step} | {shown} | {growth:.2f} |")
    return lines


if __name__ == "__main__":
    main()
