"""Sockets and pidfds: what a provisioner listens on, waits for, and knows a kernel by."""

from __future__ import annotations

import asyncio
import os
import select
import socket
from pathlib import Path


def listen(path: Path) -> socket.socket:
    """A listening Unix socket in a kernel's directory, to which the kernel may connect."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o666)
    listener.listen(16)
    return listener


def pid_of(pidfd: int) -> int:
    """The number by which this process sees the process of a pidfd; -1 when it has ended."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


async def readable(descriptor: int, timeout: float | None = None) -> bool:
    """Wait until a file can be read (a pidfd: until the process has ended)."""
    if timeout == 0:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    loop = asyncio.get_running_loop()
    own = os.dup(descriptor)  # several may wait for the same one
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(own, wake)
    try:
        await asyncio.wait_for(ready, timeout)
        return True
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(own)
        os.close(own)
