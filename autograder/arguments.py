"""The words of the command line: subcommands and their options."""

from __future__ import annotations

import argparse
import getpass
import os
from pathlib import Path

from autograder.commands import COMMANDS

DESCRIPTION = "The command line: one subcommand a task, one line for what went wrong, and exit codes for scripts."


def make_parser() -> argparse.ArgumentParser:
    """The parser of all subcommands. What it gives has the command's `function`."""
    parser = argparse.ArgumentParser(prog="autograder", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, function in COMMANDS.items():
        command = commands.add_parser(name, help=function.__doc__)
        command.add_argument("--lab", help="folder of the lab in source/ (default: the only one there is)")
        command.set_defaults(function=function)
        if name == "autograde":
            command.add_argument("--jobs", type=positive, help="submissions graded at a time (default: see docs)")
            command.add_argument("--student", help="grade this student only")
            command.add_argument("--scheduler", help="grade on a Dask cluster: the address of its scheduler")
        if name == "release":
            command.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        if name == "check":
            command.add_argument("--jobs", type=positive, help="answers graded at a time (default: see docs)")
            command.add_argument("--only", default="", help="only entries and mutants with this text in their name")
            command.add_argument("--seeds", type=positive, default=1, help="how often, with other random inputs")
        if name in ("autograde", "check", "demo", "doctor"):
            levels = command.add_mutually_exclusive_group()
            for option, level, text in (
                ("--reduced", "reduced", "protect with Landlock, where there are no namespaces"),
                ("--unsafe", "none", "go on without any sandbox"),
            ):
                levels.add_argument(option, action="store_const", dest="level", const=level, help=text)
        if name == "import":
            command.add_argument("source", type=Path, help="a notebook, the folder of an assignment, or of a course")
        if name == "collect":
            command.add_argument("source", type=Path, help="class download of Moodle or Canvas, or a folder")
            command.add_argument("--timezone", help="whose clock the times in it are of, such as Europe/Berlin")
        if name == "solution":
            command.add_argument("--schemes", action="store_true", help="with the marking schemes")
        if name == "drop":
            command.add_argument("student", help="who left: the name of the folder in submitted/")
        if name in ("collect", "export"):
            command.add_argument("--worksheet", type=Path, help="Moodle's grading worksheet of the same assignment")
        if name == "proofs":
            command.add_argument(
                "--who", default=user(), help="your name in the log of decisions (default: %(default)s)"
            )
            command.add_argument(
                "--port", type=positive, default=0, help="port of the page (default: any that is free)"
            )
            command.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
            command.add_argument("--requests", type=Path, help="take in regrade requests from a CSV file, and end")
            command.add_argument("--log", action="store_true", help="write who decided what, and when, and end")
        if name == "export":
            command.add_argument("--format", default="csv", choices=["moodle", "canvas", "csv", "json"])
            command.add_argument("--partial", action="store_true", help="leave grades empty where there are none")
        if name == "gradescope":
            command.add_argument("--torch-index", default="", help="address of a package index with torch without CUDA")
    return parser


def positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def user() -> str:
    """The name of who runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, in a container
        return f"user {os.getuid()}"
