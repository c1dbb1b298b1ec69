"""nbgrader's converter of graded notebooks to pages of feedback. To load it takes longer than to write many pages."""

from __future__ import annotations

from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course import Course, errors_of_nbgrader, why_nbgrader_stopped


class Converter(GenerateFeedback):
    """nbgrader's converter, made ready once, for one submission after the other."""

    def __init__(self, course: Course, older: list[str]) -> None:
        config = course.config()
        config.GenerateFeedback.force = True
        config.AddResults.older = older
        super().__init__(coursedir=CourseDirectory(config=config), config=config)
        self.start()

    def init_notebooks(self) -> None:
        """Nothing yet: `write` says which."""

    def convert_notebooks(self) -> None:
        """Nothing yet."""

    def write(self, student: str) -> str | None:
        """Write the pages of one submission. Returns why there are none, or None."""
        folder = Path(self._format_source(self.coursedir.assignment_id, student))
        self.assignments = {str(folder): [str(path) for path in folder.glob("*.ipynb")]}
        with errors_of_nbgrader() as errors:
            try:
                super().convert_notebooks()
            except NbGraderException as error:
                return why_nbgrader_stopped(errors, error)
        return None
