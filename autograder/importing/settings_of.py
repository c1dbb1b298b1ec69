"""What an nbgrader_config.py sets, as far as it can be read without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Signs that stand around what students do not see: setting, and the sign that masters have here.
SIGNS = {
    "ClearSolutions.begin_solution_delimeter": "BEGIN SOLUTION",
    "ClearSolutions.end_solution_delimeter": "END SOLUTION",
    "ClearHiddenTests.begin_test_delimeter": "BEGIN HIDDEN TESTS",
    "ClearHiddenTests.end_test_delimeter": "END HIDDEN TESTS",
    "ClearMarkScheme.begin_mark_scheme_delimeter": "BEGIN MARK SCHEME",
    "ClearMarkScheme.end_mark_scheme_delimeter": "END MARK SCHEME",
}
#: What the course's new configuration sets as the old one did.
KEPT = ("CourseDirectory.course_id", "ClearSolutions.code_stub", "ClearSolutions.text_stub")
#: What decides nothing here, or has a meaning only on the machine that it was written for.
MEANINGLESS = ("CourseDirectory.root", "CourseDirectory.db_url", "CourseDirectory.source_directory", "Exchange.")


@dataclass
class Settings:
    """What a configuration sets: signs in the masters, what is kept, and what is not taken over, by name."""

    source_directory: str = "source"
    signs: dict[str, str] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def read_settings(path: Path) -> Settings:
    """The settings in a file; the usual ones if there is none, or none that is Python. It is not run."""
    found = Settings()
    try:
        tree = ast.parse(path.read_text(errors="replace"))
    except (OSError, SyntaxError, ValueError):
        return found
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        name = ast.unparse(node.targets[0])
        if not name.startswith("c."):
            continue
        name = name[2:]
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            value = None
        if name == "CourseDirectory.source_directory" and isinstance(value, str):
            found.source_directory = value
        elif name in SIGNS and isinstance(value, str):
            found.signs[value] = SIGNS[name]
        elif name in KEPT and value is not None:
            found.kept[name] = value
        elif not name.startswith(MEANINGLESS):
            found.left.append(name)
    return found
