"""nbgrader's settings for every course of this kit: its nbgrader_config.py calls `course_settings`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbgrader

import autograder.report
from autograder.ways_in import lead_here

#: By name, so that a command which only reads its settings does not load converters and exporters.
FEEDBACK = [
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "autograder.report.feedback_page.AddResults",
]
EXPORTER = "autograder.report.feedback_page.FeedbackExporter"


def course_settings(c: Any, config_file: str) -> None:
    """Set what every course needs in the configuration `c`, which stands in `config_file`.

    nbgrader's own commands are led here, too (ways_in.py).
    """
    home = Path(config_file).resolve().parent
    lead_here()
    c.CourseDirectory.root = str(home)
    c.CourseDirectory.course_id = home.name

    # Feedback shows neither hidden tests nor marking schemes.
    c.GenerateFeedback.preprocessors = FEEDBACK
    c.GenerateFeedback.exporter_class = EXPORTER

    # Formgrader's pages load nothing from a network: formulas are MathML, and our template stands for MathJax.
    c.HTMLExporter.filters = {"markdown2html": "autograder.report.texts.cell_to_html"}
    c.HTMLExporter.extra_template_basedirs = [
        str(Path(autograder.report.__file__).parent / "templates"),
        str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"),
    ]

    # Due dates, penalties and extensions stand in late.toml, if there is one; see docs/instructor.md.
    c.LatePenalty.file = str(home / "late.toml")
    c.AssignLatePenalties.plugin_class = "autograder.record.late.LatePenalty"
