"""The end of a folder that hostile code has filled."""

from __future__ import annotations

import shutil
import subprocess


def remove_folder(folder: str) -> None:
    """Remove a folder that may be nested deeper than Python can follow, or closed to its owner. It may be gone."""
    try:
        shutil.rmtree(folder)
    except (OSError, RecursionError):
        for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
            subprocess.run([*command, "--", folder], check=False, capture_output=True)
