"""The zip for Gradescope: two scripts, and of the course what grades one lab."""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from pathlib import Path

from autograder.course import Course, CourseError, command, files_of

TEMPLATES = Path(__file__).parent / "templates"
#: What stands beside the lab, where there is such a thing. Installing and grading need no more.
PARTS = ("autograder", "hidden", "labtools", "LICENSE", "Makefile", "nbgrader_config.py", "pyproject.toml")
#: What is the grader's own there: the lab, and the seed of the tests' random inputs.
SETTING = "gradescope.json"


def pack(course: Course, torch_index: str = "") -> Path:
    """Write export/gradescope-LAB.zip, and return its path. CourseError if there is no release to compare with.

    `torch_index` is the address of a package index with a build of torch without CUDA.
    """
    if not course.release.is_dir():
        raise CourseError(f"release/{course.lab} is missing: run `{command('release', course)}` first.")
    if torch_index and not re.fullmatch(r"https?://[\w./:-]+", torch_index):
        raise CourseError(f"{torch_index} is no address of a package index: TORCH_INDEX=https://…")
    target = course.root / "export" / f"gradescope-{course.lab}.zip"
    target.parent.mkdir(exist_ok=True)
    new = target.with_suffix(".new")
    setting = {"lab": course.lab, "seed": secrets.token_hex(8)}
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("setup.sh", "run_autograder"):
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o755 << 16
            archive.writestr(info, (TEMPLATES / name).read_text().replace("@TORCH_INDEX@", torch_index))
        archive.writestr(SETTING, json.dumps(setting))
        lab = [course.source, course.release]
        for part in [*(course.home / name for name in PARTS), *course.home.glob("requirements*.txt"), *lab]:
            for path in files_of(part) if part.is_dir() else [part]:
                archive.write(path, path.relative_to(course.home))
    new.replace(target)
    return target
