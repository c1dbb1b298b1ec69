"""Asks the process that reads formulas (see reader.py), with a deadline for each answer."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from typing import Any

SECONDS = 10.0  # for one answer
START_SECONDS = 60.0  # for the process to begin
MAX_KEPT = 5000  # outcomes
MAX_LINE = 1_000_000  # bytes of an outcome
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "HOME")  # of the environment


class Checker:
    """Checks derivations one after the other. Its process is started when it is first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._kept: dict[str, list[dict[str, Any]] | None] = {}
        self._turn = threading.Lock()

    def check(self, question: str, answer: str) -> list[dict[str, Any]] | None:
        """The equations of an answer, as {"left", "right", "state"} (see derivation.py).

        None where reading took too long, or ended its process. Waits: call it in a thread of its own.
        """
        key = hashlib.sha256(json.dumps([question, answer]).encode()).hexdigest()
        with self._turn:
            if key not in self._kept:
                if len(self._kept) >= MAX_KEPT:
                    self._kept.clear()
                self._kept[key] = self._ask(question, answer)
            return self._kept[key]

    def _ask(self, question: str, answer: str) -> list[dict[str, Any]] | None:
        try:
            process = self._process
            if process is None:
                process = self._start()
                self._exchange(process, "", "", START_SECONDS)
            return self._exchange(process, question, answer, self.seconds)
        except (OSError, ValueError):  # it was ended: a pipe is broken, or the line is not whole
            self._end()
            return None

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        command = [sys.executable, "-m", "autograder.proofs.reader"]
        # Ctrl-C in the terminal is for us: we end it
        self._process = process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, start_new_session=True
        )
        if self._closed:  # meanwhile: `close` has seen no process
            process.kill()
        return process

    def _exchange(self, process: subprocess.Popen[bytes], question: str, answer: str, seconds: float) -> Any:
        """Send a task, and wait for the line that answers it. At the deadline the process is killed."""
        assert process.stdin is not None and process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps({"question": question, "answer": answer}).encode() + b"\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline(MAX_LINE))
        finally:
            timer.cancel()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the process. Who waits for it gets None."""
        self._closed = True
        if process := self._process:
            process.kill()
