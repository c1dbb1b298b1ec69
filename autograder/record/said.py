"""All that the gradebook says of each submission, as a digest: whether it is still what a page was made from."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from autograder.course import Course
from autograder.record.requests import read_requests
from autograder.record.results import RESULTS
from autograder.record.writer import Writer


def digests_of_said(course: Course, writer: Writer) -> dict[str, str]:
    """A digest by student: of points, comments, penalties, what was recorded, and requests with their replies."""
    session = writer.gradebook.db
    said = {student: hashlib.sha256(repr(sheet).encode()) for student, sheet in writer.sheets().items()}
    results = select(RESULTS.c.student, RESULTS.c.result).where(RESULTS.c.lab == course.lab)
    for student, text in session.execute(results):
        if student in said:
            said[student].update(text.encode())
    for notebook in course.notebooks():
        for request in read_requests(session, course.lab, notebook):
            if request.student in said:
                said[request.student].update(repr(request).encode())
    return {student: own.hexdigest() for student, own in said.items()}
