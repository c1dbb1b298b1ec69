"""What `run_autograder` calls on Gradescope: python -m autograder.gradescope SUBMISSION RESULTS"""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.course import CourseError
from autograder.gradescope.results import grade_submission

if __name__ == "__main__":
    try:
        grade_submission(Path.cwd(), Path(sys.argv[1]), Path(sys.argv[2]))
    except CourseError as error:  # no results are written: Gradescope then says that the autograder failed
        sys.exit(f"The submission was not graded: {error}")
