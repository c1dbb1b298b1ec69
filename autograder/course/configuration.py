"""The nbgrader_config.py of a new course."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parent / "templates" / "nbgrader_config.py.txt"


def write_config(home: Path, own: Mapping[str, Any]) -> None:
    """Write nbgrader_config.py, with some settings of its own by name, if the course has none yet."""
    path = home / "nbgrader_config.py"
    if path.exists():
        return
    home.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"c.{name} = {value!r}\n" for name, value in sorted(own.items()))
    path.write_text(TEMPLATE.read_text() + (f"\n# Of this course alone.\n{lines}" if own else ""))
