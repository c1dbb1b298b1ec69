"""nbgrader's configuration, for its own commands and for the autograder package alike."""

from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader and Jupyter provide it)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "deep-learning"

# An unwritten answer does nothing: notebooks run to the end, and checks say what is missing.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\npass"}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# Seconds that one cell may take.
c.Execute.timeout = 30
