"""Grades for Moodle, Canvas and other programs."""

from __future__ import annotations

from autograder.export.canvas import CanvasExport
from autograder.export.export import CsvExport, JsonExport, export_grades
from autograder.export.moodle import MoodleExport

__all__ = [
    "CanvasExport",
    "CsvExport",
    "JsonExport",
    "MoodleExport",
    "export_grades",
]
