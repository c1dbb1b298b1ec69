"""What a new release changes for students and for grades, in words."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from autograder.course import Course
from autograder.release.manifest import Cell, other_files, read_release, secret_manifest, secrets_path, total

DIFF_LINES = 8  # of a changed text that are shown


def compare(course: Course, new: Path) -> list[str]:
    """What a new release changes, in lines for people. Empty if nothing does."""
    old = course.release
    if not old.is_dir():
        return [f"{new.name}: there is no earlier release"]
    before, after = read_release(old), read_release(new)
    students, grades = [], []
    for book in sorted({*before, *after}):
        if book not in before or book not in after:
            students.append(f"{book}: {'added' if book in after else 'removed'}")
        ours, theirs = before.get(book, {}), after.get(book, {})
        for key in [*theirs, *(key for key in ours if key not in theirs)]:
            for_students, for_grades = compare_cells(f"{book}, {key}", ours.get(key), theirs.get(key))
            students += for_students
            grades += for_grades
    had, has = other_files(old), other_files(new)
    for name in sorted({*had, *has}):
        if had.get(name) != has.get(name):
            students.append(f"{name}: {'added' if name not in had else 'removed' if name not in has else 'changed'}")
    grades += compare_secrets(course)
    points = [sum(map(total, books.values())) for books in (before, after)]
    if points[0] != points[1]:
        grades.append(f"all together: {points[0]:g} -> {points[1]:g} points")
    return [*section("For students", students), *section("For grades", grades)]


def compare_cells(name: str, old: Cell | None, new: Cell | None) -> tuple[list[str], list[str]]:
    """What changed in one cell: for students, and for grades."""
    if old is None or new is None:
        cell, what = (new, "added") if new else (old, "removed")
        assert cell is not None
        points = f", {cell.points:g} points" if cell.points else ""
        line = f"{name}: {what} ({cell.kind}{points})"
        return [line], [line] if cell.points else []
    students, grades = [], []
    if old.kind != new.kind:
        grades.append(f"{name}: was {old.kind}, is {new.kind}")
    if old.points != new.points:
        grades.append(f"{name}: {old.points or 0:g} -> {new.points or 0:g} points")
    if old.text != new.text:
        students.append(f"{name}: changed")
        lines = [line for line in difflib.ndiff(old.text.splitlines(), new.text.splitlines()) if line[0] in "+-"]
        students += [f"    {line}" for line in lines[:DIFF_LINES]]
        if len(lines) > DIFF_LINES:
            students.append(f"    and {len(lines) - DIFF_LINES} more lines")
        if new.kind == "test":
            grades.append(f"{name}: its visible part changed")
    return students, grades


def compare_secrets(course: Course) -> list[str]:
    """Where hidden tests, solutions or marking schemes changed."""
    path = secrets_path(course)
    if not path.is_file():
        return [f"hidden tests are not compared: {path.name} of the last release is missing"]
    old, new = json.loads(path.read_text()), secret_manifest(course)
    return [
        f"{name} {'added' if name not in old else 'removed' if name not in new else 'changed'}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def section(title: str, lines: list[str]) -> list[str]:
    return [f"{title}:", *(f"  {line}" for line in lines)] if lines else []
