"""One warm server for all tests of this folder, and kernels to talk to."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import WarmServer, kernels, missing
from autograder.sandbox.box import room
from autograder.sandbox.box.limits import MIB, Limits

LIMITS = Limits(memory_bytes=512 * MIB, processes=40, file_bytes=4 * MIB, scratch_bytes=16 * MIB, cpu_seconds=30)


class Kernel:
    """A kernel and a client, for tests that are not async."""

    def __init__(self, spec: Any) -> None:
        self.runner = asyncio.Runner()
        self.closed = False
        self.manager, self.client = self.wait(kernels.start_kernel(spec))

    @property
    def provisioner(self) -> Any:
        return self.manager.provisioner

    def wait(self, awaitable: Awaitable[Any], timeout: float = 30) -> Any:
        async def limited() -> Any:
            return await asyncio.wait_for(awaitable, timeout)

        return self.runner.run(limited())

    def send(self, code: str) -> str:
        async def execute() -> str:
            return self.client.execute(code, allow_stdin=False)

        return self.wait(execute())

    def receive(self, request: str, timeout: float = 30) -> str:
        """All that a cell printed and returned, and its error; "dead" when the kernel has ended."""
        return self.wait(self._receive(request), timeout)

    def run(self, code: str, timeout: float = 30) -> str:
        return self.receive(self.send(code), timeout)

    async def _receive(self, request: str) -> str:
        output = ""
        end = asyncio.ensure_future(self.provisioner.ended())
        while True:
            message = asyncio.ensure_future(self.client.get_iopub_msg())
            await asyncio.wait([message, end], return_when=asyncio.FIRST_COMPLETED)
            if not message.done():
                message.cancel()
                return output + "dead"
            kind, content = message.result()["msg_type"], message.result()["content"]
            if message.result()["parent_header"].get("msg_id") != request:
                continue
            if kind == "stream":
                output += content["text"]
            elif kind == "execute_result":
                output += content["data"]["text/plain"]
            elif kind == "error":
                output += f"{content['ename']}: {content['evalue']}"
            elif kind == "status" and content["execution_state"] == "idle":
                end.cancel()
                return output.strip()

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.wait(kernels.stop_kernel(self.manager, self.client))
        self.runner.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with a secret, and the lab folder in it that students may see."""
    course = tmp_path_factory.mktemp("course")
    (course / "secret.txt").write_text("hidden test")
    folder = course / "lab"
    folder.mkdir()
    (folder / "tools.py").write_text("ANSWER = 42\n")
    for name in ("labtools", "labtools/own"):
        (folder / name).mkdir()
        (folder / name / "__init__.py").touch()
    return folder


@pytest.fixture(scope="session")
def server(lab: Path) -> Iterator[WarmServer]:
    if reason := missing("full"):
        pytest.skip(reason)
    os.environ["GRADERS_SECRET"] = "do not tell"
    with WarmServer(lab, LIMITS) as running:
        yield running


@pytest.fixture
def start(server: WarmServer) -> Iterator[Callable[[], Kernel]]:
    """Starts kernels; they end with the test."""
    started: list[Kernel] = []

    def one(spec: Any = None) -> Kernel:
        started.append(Kernel(spec or server.spec))
        return started[-1]

    yield one
    for kernel in started:
        kernel.close()


@pytest.fixture
def kernel(start: Callable[[], Kernel]) -> Kernel:
    return start()


def until(condition: Callable[[], Any], timeout: float = 5) -> bool:
    """Wait for something to become true."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


#: Root's files may be closed to others: show nobody copies of Python's folders where root's home was.
AS_NOBODY = """
set -e
mount --make-rprivate /
place=$(mktemp -d); mount -t tmpfs none $place
n=0; for folder in $FOLDERS; do n=$((n + 1)); mkdir $place/$n; mount --bind $folder $place/$n; done
mount -t tmpfs -o mode=755 none /root
n=0; for folder in $FOLDERS; do n=$((n + 1)); mkdir -p $folder; mount --bind $place/$n $folder; done
umount -l $place; rmdir $place
exec setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp "$@"
"""


def as_nobody(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder as an ordinary user: as nobody where this is root."""
    if os.geteuid() == 0:
        if not shutil.which("setpriv") or not os.access("/root", os.X_OK):
            pytest.skip("no setpriv")
        command = ["unshare", "-m", "sh", "-c", AS_NOBODY, "sh", *command]
    folders = [folder for folder in room.python_folders() if folder.startswith("/root/")]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "FOLDERS": " ".join(folders), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
