"""What a student's code may see of the machine: Python, the system's libraries, a few settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SETTINGS = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/fonts", "/etc/localtime", "/etc/alternatives")
#: What libraries read about the machine.
MACHINE = ("/proc/cpuinfo", "/proc/meminfo")


def python() -> str:
    """This Python under a name without `..`; in an environment, the environment's."""
    folder, name = os.path.split(sys.executable)
    return os.path.join(os.path.realpath(folder), name)


def python_folders() -> list[str]:
    """The folders of this Python and its environment, under each name by which they are called."""
    named = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)}
    return sorted({os.path.abspath(name) for name in named} | {os.path.realpath(name) for name in named})


def python_links() -> dict[str, str]:
    """The symbolic links through which this Python is started, with where they lead; those outside its folders."""
    links: dict[str, str] = {}
    path = python()
    while os.path.islink(path) and path not in links:
        links[path] = os.readlink(path)
        path = os.path.abspath(os.path.join(os.path.dirname(path), links[path]))
    folders = [Path(folder) for folder in (*python_folders(), *SYSTEM)]
    return {path: to for path, to in links.items() if not any(Path(path).is_relative_to(folder) for folder in folders)}


def unreadable() -> str | None:
    """The first folder or package of Python's that this user may not read, with the reason. None if there is none.

    Packages that were installed with a umask of 077 belong to their owner alone.
    """
    for folder in python_folders():
        try:
            os.listdir(folder)
        except OSError as error:
            return f"{folder}: {error.strerror}"
    for place in [each for each in sys.path if each.endswith("-packages")]:
        for name in ("numpy", "torch", "ipykernel"):
            try:
                with open(f"{place}/{name}/__init__.py"):
                    pass
            except FileNotFoundError:
                continue
            except OSError as error:
                return f"{place}/{name}: {error.strerror}"
    return None
