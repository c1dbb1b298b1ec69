"""Asks the process that reads formulas (see reader.py), with a deadline for each answer."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import sys
from typing import Any

SECONDS = 10.0  # for one answer
START_SECONDS = 60.0  # for the process to begin
MAX_KEPT = 5000  # outcomes
MAX_LINE = 1_000_000  # bytes of an outcome


class Checker:
    """Checks derivations one after the other. Its process is started when it is first needed."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._process: asyncio.subprocess.Process | None = None
        self._kept: dict[str, list[dict[str, Any]] | None] = {}
        self._turn = asyncio.Lock()

    async def check(self, question: str, answer: str) -> list[dict[str, Any]] | None:
        """The equations of an answer, as {"left", "right", "state"} (see derivation.py).

        None where reading took too long, or ended its process.
        """
        key = hashlib.sha256(json.dumps([question, answer]).encode()).hexdigest()
        async with self._turn:
            if key not in self._kept:
                if len(self._kept) >= MAX_KEPT:
                    self._kept.clear()
                self._kept[key] = await self._ask({"question": question, "answer": answer})
            return self._kept[key]

    async def _ask(self, task: dict[str, str]) -> list[dict[str, Any]] | None:
        try:
            if self._process is None:
                await self._start()
            line = await asyncio.wait_for(self._exchange(task), self._seconds)
            return json.loads(line)
        except (TimeoutError, OSError, ValueError):
            await self.close()
            return None

    async def _start(self) -> None:
        names = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "HOME")
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "autograder.proofs.reader",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={name: os.environ[name] for name in names if name in os.environ},
            limit=MAX_LINE,
        )
        await asyncio.wait_for(self._exchange({"question": "", "answer": ""}), START_SECONDS)

    async def _exchange(self, task: dict[str, str]) -> bytes:
        """Send a task, and wait for the line that answers it. ValueError if the line is too long."""
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(task).encode() + b"\n")
        await process.stdin.drain()
        return await process.stdout.readline()

    async def close(self) -> None:
        """End the process; the next question starts another one."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
