"""nbgrader's configuration, for its own commands and for the autograder package alike."""

from pathlib import Path

import nbgrader
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, GetGrades

import autograder.report
from autograder.report.feedback_page import AddResults, FeedbackExporter

c = get_config()  # noqa: F821 (nbgrader and Jupyter provide it)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "deep-learning"

# An unwritten answer does nothing: notebooks run to the end, and checks say what is missing.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\npass"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# `nbgrader generate_assignment` gives students the same tools as `make release`, which also verifies what it makes.
c.GenerateAssignment.post_convert_hook = "autograder.release.after_generate_assignment"

# Feedback shows neither hidden tests nor marking schemes.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, ClearMarkScheme, AddResults]
c.GenerateFeedback.exporter_class = FeedbackExporter

# Formgrader's pages load nothing from a network: formulas are MathML, and our template for them stands for MathJax.
c.HTMLExporter.filters = {"markdown2html": "autograder.report.texts.cell_to_html"}
c.HTMLExporter.extra_template_basedirs = [
    str(Path(autograder.report.__file__).parent / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions/formgrader/templates"),
]

# Due dates, penalties and extensions stand in late.toml, if there is one; see docs/instructor.md.
c.LatePenalty.file = str(Path(__file__).resolve().parent / "late.toml")
c.AssignLatePenalties.plugin_class = "autograder.record.late.LatePenalty"

# Limits of student code, per cell, per question of a check, per submission, in seconds; and of what is kept of the
# outputs of a cell and of a notebook, and of what a cell may print before it is stopped.
c.Examine.cell_seconds = 20
c.Examine.call_seconds = 10
c.Examine.submission_seconds = 300
c.Examine.output_bytes = 2_000_000
c.Examine.endless_bytes = 100_000_000
c.Examine.notebook_bytes = 20_000_000

# Limits of a kernel with all its processes. The memory is what it may take beyond what it has at the start.
c.Sandbox.memory_bytes = 2 * 1024**3
c.Sandbox.processes = 64
c.Sandbox.cpu_seconds = 120

# The same for nbgrader's own `nbgrader autograde`, which knows no other limit.
c.Execute.timeout = 20
