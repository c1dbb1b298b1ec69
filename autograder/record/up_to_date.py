"""Which submissions are recorded as they are now, under the tests as they are now."""

from __future__ import annotations

from autograder.collect import all_submissions, read_submission
from autograder.course import Course, deciding_digests, submission_digest
from autograder.record.writer import Writer

VERSION = "6"  # of what this package makes of a submission: raise it when scores may change


def out_of_date(course: Course, writer: Writer, students: list[str]) -> list[str]:
    """The students whose submission is not graded as it is now, under the tests as they are now."""
    known, deciding = writer.digests(), deciding_digests(course)
    seed = (writer.note("seed") or "") + VERSION

    def unchanged(student: str) -> bool:
        if not known.get(student):
            return False
        _, handed = read_submission(course, student)
        if known[student] == submission_digest(handed, deciding, seed, set()):
            return True
        result = writer.result(student)  # which notebooks were missing decides too: few submissions have any
        missing = result.missing if result else set()
        return bool(missing) and known[student] == submission_digest(handed, deciding, seed, missing)

    return [name for name in students if not unchanged(name)]


def not_graded(course: Course, writer: Writer) -> list[str]:
    """The students who handed in what is not graded as it is now."""
    return out_of_date(course, writer, all_submissions(course)[0])
