"""Stands for a student's kernel in tests: IPython without Jupyter, forked anew for each submission.

`python -m tests.examine.kernel SOCKET`: for each connection a child runs cells, [“run”, source], and answers with the
error of the cell, what it wrote to the error output, and the text of its result; ["wall", path] lets it answer
questions at that socket whenever no cell is running.
"""

import builtins
import contextlib
import io
import json
import os
import select
import signal
import socket
import sys
from typing import Any

import numpy as np
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.io import capture_output

from autograder.examine.surroundings import no_input

from labtools.answering import Line

np.random.rand(1), pd.DataFrame({"a": [1.0]}).to_string()


def serve(connection: socket.socket) -> None:
    """Be the kernel of one submission."""
    shell = InteractiveShell.instance()
    stream = connection.makefile("rw")
    line: Line | None = None
    wall: socket.socket | None = None
    while True:
        ready, _, _ = select.select([connection, wall] if wall else [connection], [], [])
        if wall in ready and line:
            try:
                line.answer()
            except ConnectionError:
                wall = None
            continue
        text = stream.readline()
        if not text:
            return
        command, value = json.loads(text)
        if command == "wall":
            wall = socket.socket(socket.AF_UNIX)
            wall.connect(value)
            line = Line(wall, shell.user_ns)
            continue
        json.dump(run(shell, value), stream)
        stream.write("\n")
        stream.flush()


def run(shell: Any, source: str) -> dict[str, Any]:
    """Run a cell. What the kernel of a notebook would send as outputs."""
    found: dict[str, Any] = {"error": "", "result": None}
    with capture_output() as captured:
        result = shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
    if error is not None:
        found["error"] = type(error).__name__
    elif result.result is not None:
        found["result"] = shell.display_formatter.format(result.result)[0]["text/plain"]
    found["stderr"] = captured.stderr
    return found


def main(path: str) -> None:
    shell = InteractiveShell.instance(display_banner=False)
    shell.history_manager.enabled = False
    builtins.input = no_input
    run(shell, "1")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                with contextlib.suppress(Exception), connection:
                    serve(connection)
                os._exit(0)
            connection.close()


if __name__ == "__main__":
    sys.stderr = io.StringIO()
    main(sys.argv[1])
