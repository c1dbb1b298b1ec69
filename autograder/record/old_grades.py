"""How grades stand to what lies in submitted/ now: submissions that were taken away, or handed in anew, since."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.collect import all_submissions
from autograder.course import Course, command
from autograder.record.up_to_date import out_of_date
from autograder.record.writer import Writer


@dataclass(frozen=True)
class OldGrades:
    """Students whose grade is not that of what is in submitted/, each with what is to be said of them."""

    gone: list[str]
    older: list[str]

    def words(self) -> dict[str, str]:
        """What is to be said, by student."""
        gone = "is no longer in submitted/: the grade is that of what was there"
        older = f"was changed, or its tests were, since it was graded: `{command('autograde')}` grades it again"
        return dict.fromkeys(self.gone, gone) | dict.fromkeys(self.older, older)

    def lines(self) -> list[str]:
        """The same for a command to print."""
        return [f"{student} {words}" for student, words in sorted(self.words().items())]


def read_old_grades(course: Course, writer: Writer) -> OldGrades:
    """Compare what was recorded with what lies in submitted/."""
    recorded = set(writer.digests())
    there = all_submissions(course)[0]
    older = out_of_date(course, writer, [name for name in there if name in recorded])
    return OldGrades(sorted(recorded - set(there)), older)


def is_old(course: Course, student: str) -> bool:
    """The same for one student: whether the grade is not that of what is in submitted/."""
    with Writer(course) as writer:
        return student not in all_submissions(course)[0] or bool(out_of_date(course, writer, [student]))
