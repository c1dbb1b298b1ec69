"""nbgrader's configuration, for its own commands and for the autograder package alike."""

from autograder.settings import course_settings

c = get_config()  # noqa: F821 (nbgrader and Jupyter provide it)
course_settings(c, __file__)
c.CourseDirectory.course_id = "deep-learning"

# An unwritten answer does nothing: notebooks run to the end, and checks say what is missing.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\npass"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

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
