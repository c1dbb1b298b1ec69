"""A folder that hostile code has filled is removed, whatever its depth."""

import os
import subprocess
import sys
from pathlib import Path

from autograder.sandbox.box.remove import remove_folder


def test_a_folder_deeper_than_python_can_follow_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    inner = os.open(folder, os.O_RDONLY)
    for _ in range(sys.getrecursionlimit() + 100):
        os.mkdir("d", dir_fd=inner)
        outer, inner = inner, os.open("d", os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    try:
        remove_folder(str(folder))
        assert not folder.exists()
        remove_folder(str(folder))  # gone already
    finally:
        subprocess.run(["rm", "-rf", folder], check=True)  # what is left here would end pytest's own cleaning up
