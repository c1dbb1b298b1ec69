"""Putting a student who left aside: out of the class list and the gradebook, with everything kept in dropped/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry, SubmittedAssignment
from sqlalchemy import delete

from autograder.collect import folder_name, read_students, write_students
from autograder.course import Course, CourseError
from autograder.record.carry import ARCHIVE
from autograder.record.lock import only_run
from autograder.record.results import RESULTS
from autograder.record.writer import Writer


def drop_student(course: Course, student: str) -> Path:
    """Put a student of all labs aside. Returns the folder under dropped/ with their submissions, feedback and grades.

    CourseError if nobody knows the student. A run that is killed may be repeated.
    """
    classlist = course.home / "students.csv"
    students = read_students(classlist)
    remaining = [each for each in students if each.id != student]
    target = course.root / "dropped" / folder_name(student)
    places = ("submitted", "autograded", "feedback") if "/" not in student and student.strip(".") else ()
    folders = [course.root / place / student for place in places]
    with only_run(course), Writer(course) as writer:
        listed = len(remaining) < len(students)
        if not (listed or student in writer.students() or any(folder.is_dir() for folder in folders)):
            raise CourseError(f"{student} is in no students.csv, no gradebook and not in submitted/: check STUDENT.")
        target.mkdir(parents=True, exist_ok=True)
        try:
            grades = [as_data(submission) for submission in writer.gradebook.student_submissions(student)]
            if grades:
                text = json.dumps(grades, indent=1, ensure_ascii=False)
                free(target / "grades.json").write_text(text + "\n")
            for table in (RESULTS, ARCHIVE):
                writer.gradebook.db.execute(delete(table).where(table.c.student == student))
            writer.gradebook.remove_student(student)
        except MissingEntry:
            pass  # nothing of theirs was graded
        for folder in folders:
            if folder.is_dir():
                folder.rename(free(target / folder.parent.name))
        if listed:
            write_students(classlist, remaining)
    return target


def as_data(submission: SubmittedAssignment) -> dict[str, Any]:
    """The grades of one lab, with what people gave."""
    cells = [
        {"notebook": book.name, "cell": grade.name, "auto_score": grade.auto_score, "manual_score": grade.manual_score}
        for book in submission.notebooks
        for grade in book.grades
    ]
    comments = [
        {"notebook": book.name, "cell": comment.name, "comment": comment.manual_comment}
        for book in submission.notebooks
        for comment in book.comments
        if comment.manual_comment
    ]
    return {"lab": submission.assignment.name, "score": submission.score, "cells": cells, "comments": comments}


def free(path: Path) -> Path:
    """This path, or one like it where nothing is yet."""
    number = 2
    found = path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found
