"""The folders of a warm server: what it shares with its kernels, readable for whatever user they have."""

from __future__ import annotations

import compileall
import os
import shutil
import tempfile
from pathlib import Path
from py_compile import PycInvalidationMode

from .box import layout
from .box.remove import remove_folder

BOX = Path(layout.__file__).parent  # the code that runs inside


class Folders:
    """Two folders: `own` for the server's socket and log, `shared` with its code, the lab, and the kernels' folders.

    A kernel without namespaces knows the path of its own folder. It must not tell where the server's socket is: that
    would make it more kernels, with limits of its choice.
    """

    def __init__(self, lab: Path, tools: Path | None = None) -> None:
        self.own = Path(tempfile.mkdtemp(prefix="warm-", dir=short_folder()))
        self.shared = Path(tempfile.mkdtemp(prefix="room-", dir=short_folder()))
        self.shared.chmod(0o711)
        self.socket = self.own / "server"
        self.log = self.own / "log"
        self.lab = self.shared / "lab"
        self.code = self.shared / layout.PACKAGE
        self.kernels = self.shared / "kernels"
        self.home = self.shared / "home"
        copy_lab(lab, self.lab, tools)
        copy_readable(BOX, self.code, "__pycache__")
        self.kernels.mkdir()
        self.kernels.chmod(0o711)
        self.home.mkdir()

    def remove(self) -> None:
        for folder in (self.own, self.shared):
            remove_folder(str(folder))


def short_folder() -> str:
    """A folder for sockets, whose whole path must have less than 100 characters."""
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) < 50 else "/tmp"


def copy_lab(lab: Path, copy: Path, tools: Path | None) -> None:
    """Copy the lab's files and the tools, with the modules compiled: kernels cannot keep them so."""
    unwanted = ("*.ipynb", "__pycache__", ".*")
    copy_readable(lab, copy, *unwanted)
    if tools:
        copy_readable(tools, copy / tools.name, *unwanted)
    compileall.compile_dir(copy, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    make_readable(copy)


def copy_readable(folder: Path, copy: Path, *unwanted: str) -> None:
    """Copy a folder, over what is there, without what matches `unwanted`; readable for all whatever the umask."""
    ignore = shutil.ignore_patterns(*unwanted)
    shutil.copytree(folder, copy, ignore=ignore, copy_function=shutil.copyfile, dirs_exist_ok=True)
    make_readable(copy)


def make_readable(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
