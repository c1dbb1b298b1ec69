"""Where the things of a course are, its masters, what decides scores, limits, and the words that all rooms share."""

from __future__ import annotations

from autograder.course.configuration import write_config
from autograder.course.course import Course, CourseError, command, open_course, student_id, use_own_commands
from autograder.course.digests import deciding_digests, digest, digest_of_json, files_of, lab_digest, submission_digest
from autograder.course.limits import TimeLimits, sandbox_level, sandbox_limits, time_limits
from autograder.course.magics import plain_python
from autograder.course.masters import (
    SECRETS,
    grade_id,
    is_constant,
    is_solution,
    is_solved_whole,
    is_test,
    read_notebook,
    secret_texts,
    secrets_by_kind,
    solution,
    without_secrets,
)
from autograder.course.moments import EXAMPLES, clock_times, find_zone, parse_moment
from autograder.course.names import names_bound, names_used
from autograder.course.nbgrader_log import errors_of_nbgrader, why_nbgrader_stopped
from autograder.course.packages import distributions, lab_packages, modules_imported, not_installed, own_modules
from autograder.course.profiles import (
    BEHIND,
    BESIDE,
    Profile,
    forgeable,
    is_plain,
    is_python,
    profile_of,
    profiles_path,
    read_profiles,
    with_profiles,
    write_profiles,
)
from autograder.course.requirements import modules_of, requirements
from autograder.course.results import CellGrade, CheckResult, NotebookResult, SubmissionResult
from autograder.course.sound import check_masters, check_profiles
from autograder.course.tables import no_formula, read_table
from autograder.course.tools import tools_folder

__all__ = [
    "write_config",
    "with_profiles",
    "write_profiles",
    "read_profiles",
    "profiles_path",
    "profile_of",
    "is_plain",
    "is_python",
    "Profile",
    "BESIDE",
    "BEHIND",
    "CellGrade",
    "CheckResult",
    "Course",
    "CourseError",
    "EXAMPLES",
    "NotebookResult",
    "SECRETS",
    "SubmissionResult",
    "TimeLimits",
    "check_masters",
    "check_profiles",
    "clock_times",
    "command",
    "deciding_digests",
    "digest",
    "digest_of_json",
    "distributions",
    "errors_of_nbgrader",
    "forgeable",
    "files_of",
    "find_zone",
    "grade_id",
    "is_constant",
    "is_solution",
    "is_solved_whole",
    "is_test",
    "lab_digest",
    "lab_packages",
    "modules_imported",
    "modules_of",
    "names_bound",
    "names_used",
    "no_formula",
    "not_installed",
    "open_course",
    "own_modules",
    "parse_moment",
    "plain_python",
    "read_notebook",
    "read_table",
    "requirements",
    "sandbox_level",
    "sandbox_limits",
    "secret_texts",
    "secrets_by_kind",
    "solution",
    "student_id",
    "submission_digest",
    "time_limits",
    "tools_folder",
    "use_own_commands",
    "why_nbgrader_stopped",
    "without_secrets",
]
