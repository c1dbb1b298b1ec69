"""What a plain test cell takes from the student's code: no more than the master's own run needed of it."""

from __future__ import annotations

from typing import NoReturn

from autograder.course import Profile


class Refused(BaseException):
    """The student's code offers what this test cell does not take. No test can take it for an error of its own."""


class Unanswered(BaseException):
    """The student's code gives no answer that can be read."""


class Held:
    """Holds what is offered to the profile of a test cell, or, in the master's own run, adds it to the profile."""

    def __init__(self, recording: bool) -> None:
        self.profile = Profile()
        self.refusal: BaseException | None = None  # the cell is over
        self._recording = recording

    def need(
        self, operation: str, what: str = "compares or counts values, and got an object of a class of its own"
    ) -> None:
        if self._recording:
            self.profile.operations = sorted({*self.profile.operations, operation})
        elif operation not in self.profile.operations:
            self.refuse(f"this test {what} ({operation})")

    def admit(self, kind: str, what: str) -> None:
        if self._recording:
            self.profile.kinds = sorted({*self.profile.kinds, kind})
        elif kind not in self.profile.kinds:
            self.refuse(f"this test does not expect {what}")

    def refuse(self, reason: str) -> NoReturn:
        """Refuse what is offered: the cell is over, whatever the test makes of it."""
        self.refusal = self.refusal or Refused(reason)
        raise self.refusal
