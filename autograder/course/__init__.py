"""Where the things of a course are, its masters, what decides scores, limits, and the words that all rooms share."""

from __future__ import annotations

from autograder.course.course import Course, CourseError, open_course, use_own_commands
from autograder.course.digests import deciding_digests, digest, digest_of_json, files_of, lab_digest, submission_digest
from autograder.course.limits import TimeLimits, sandbox_limits, time_limits
from autograder.course.masters import (
    SECRETS,
    grade_id,
    is_constant,
    is_solution,
    is_test,
    read_notebook,
    secret_regions,
    secrets_by_kind,
    solution,
    without_secrets,
)
from autograder.course.names import names_bound, names_used
from autograder.course.nbgrader_log import errors_of_nbgrader
from autograder.course.profiles import (
    BEHIND,
    BESIDE,
    Profile,
    forgeable,
    is_plain,
    profile_of,
    profiles_path,
    read_profiles,
    write_profiles,
)
from autograder.course.results import CellGrade, CheckResult, NotebookResult, SubmissionResult
from autograder.course.tools import tools_folder

__all__ = [
    "write_profiles",
    "read_profiles",
    "profiles_path",
    "profile_of",
    "is_plain",
    "Profile",
    "BESIDE",
    "BEHIND",
    "CellGrade",
    "CheckResult",
    "Course",
    "CourseError",
    "NotebookResult",
    "SECRETS",
    "SubmissionResult",
    "TimeLimits",
    "deciding_digests",
    "digest",
    "digest_of_json",
    "errors_of_nbgrader",
    "forgeable",
    "files_of",
    "grade_id",
    "is_constant",
    "is_solution",
    "is_test",
    "lab_digest",
    "names_bound",
    "names_used",
    "open_course",
    "read_notebook",
    "sandbox_limits",
    "secret_regions",
    "secrets_by_kind",
    "solution",
    "submission_digest",
    "time_limits",
    "tools_folder",
    "use_own_commands",
    "without_secrets",
]
