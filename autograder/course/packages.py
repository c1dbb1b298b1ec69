"""The packages that a lab needs: what its masters, modules and judges import, and nothing else."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

from autograder.course.course import Course
from autograder.course.magics import plain_python
from autograder.course.masters import read_notebook

#: Distributions whose name is not that of their module, where they are not installed.
DISTRIBUTIONS = {
    "PIL": "pillow", "bs4": "beautifulsoup4", "cv2": "opencv-python", "dateutil": "python-dateutil",
    "skimage": "scikit-image", "sklearn": "scikit-learn", "yaml": "pyyaml",
}  # fmt: skip


def modules_imported(sources: Iterable[str]) -> set[str]:
    """The modules that code imports, by the first part of their names. What is no Python imports nothing.

    What stands in a `try` can be done without, but where that raises an error of its own.
    """
    found = set()
    for source in sources:
        try:
            tree = ast.parse(plain_python(source))
        except (SyntaxError, ValueError):
            continue
        waiting: list[ast.AST] = [tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
            waiting += node.orelse if isinstance(node, ast.Try) and can_fail(node) else ast.iter_child_nodes(node)
    return found


def can_fail(attempt: ast.Try) -> bool:
    """Whether the code goes on where what stands in this `try` fails."""
    raised = any(isinstance(node, ast.Raise) for handler in attempt.handlers for node in ast.walk(handler))
    return bool(attempt.handlers) and not raised


def lab_packages(course: Course) -> list[str]:
    """The packages from elsewhere that a lab imports, by the names of their modules, in order.

    Its own modules, the judges, the tools of every lab and Python's own library do not count.
    """
    sources = [
        cell.source
        for name in course.notebooks()
        for cell in read_notebook(course.source / f"{name}.ipynb").cells
        if cell.cell_type == "code"
    ]
    for folder in (course.source, course.hidden):
        sources += [path.read_text(errors="replace") for path in sorted(folder.rglob("*.py"))]
    return sorted(modules_imported(sources) - own_modules(course.source) - {"labtools", "hidden", "__future__"})


def own_modules(folder: Path) -> set[str]:
    """What imports find in a folder itself or in Python's own library."""
    return {path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"} | set(
        sys.stdlib_module_names
    )


def not_installed(packages: Iterable[str]) -> list[str]:
    """Those of the packages that this Python does not have."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


def distributions(packages: Iterable[str]) -> list[str]:
    """What pip calls the packages, as lines for a requirements.txt."""
    known = packages_distributions()
    return sorted({known.get(name, [DISTRIBUTIONS.get(name, name)])[0] for name in packages}, key=str.lower)
