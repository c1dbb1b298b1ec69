"""Kernel managers and clients of jupyter_client for kernels of the warm server."""

from __future__ import annotations

import asyncio
import os
from functools import lru_cache
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import Type

from .box.limits import MIB, Limits
from .provisioner import KernelRefused, WarmProvisioner

#: A message of a kernel may have parts of this size, and so many messages may wait to be read.
MESSAGE_BYTES = 32 * MIB
MESSAGES = 64


@lru_cache(maxsize=1)
def _context(process: int) -> zmq.asyncio.Context:
    context = zmq.asyncio.Context()
    context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
    context.setsockopt(zmq.RCVHWM, MESSAGES)
    return context


def bounded_context() -> zmq.asyncio.Context:
    """The zmq context of this process: its sockets do not let a kernel fill our memory."""
    return _context(os.getpid())


class WarmSpecs(KernelSpecManager):
    """Knows one kernel: the one of a warm server."""

    spec: KernelSpec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return self.spec


class WaryChannel(AsyncZMQSocketChannel):
    """A channel that drops what is no message of Jupyter: hostile code can send anything."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:  # type: ignore[override]
        loop = asyncio.get_running_loop()
        deadline = None if timeout is None else loop.time() + timeout
        while True:
            left = None if deadline is None else max(0.0, deadline - loop.time())
            try:
                message = await super().get_msg(timeout=left)
                if is_message(message):
                    return message
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                pass
            if deadline is not None and loop.time() >= deadline:
                raise Empty


def is_message(message: dict[str, Any]) -> bool:
    """Whether the parts of a message have the types that every reader relies on."""
    parts = [message[name] for name in ("header", "parent_header", "metadata", "content")]
    return all(isinstance(part, dict) for part in parts) and isinstance(message["msg_type"], str)


class WarmKernelClient(AsyncKernelClient):
    """A client that neither sends heartbeats (the grader holds a pidfd) nor sleeps until a kernel is ready."""

    parent: Any
    shell_channel_class = Type(WaryChannel)
    iopub_channel_class = Type(WaryChannel)
    stdin_channel_class = Type(WaryChannel)
    control_channel_class = Type(WaryChannel)

    def start_channels(
        self, shell: bool = True, iopub: bool = True, stdin: bool = True, hb: bool = True, control: bool = True
    ) -> None:
        super().start_channels(shell=shell, iopub=iopub, stdin=stdin, hb=False, control=control)

    def stop_channels(self) -> None:
        """Stop the channels that there are. (Asking a client for the others would make them.)"""
        for channel in (self._shell_channel, self._iopub_channel, self._stdin_channel, self._control_channel):
            if channel is not None:
                channel.stop()

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for the kernel's welcome. From then on no output is missed, and requests wait for it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (60 if timeout is None else timeout)
        while loop.time() < deadline:
            try:
                message = await self.get_iopub_msg(timeout=0.5)
            except Empty:
                if not await self.is_alive():
                    raise KernelRefused(f"the kernel died at its start: {self.parent.provisioner.fate}") from None
            else:
                if message["msg_type"] == "iopub_welcome":
                    return
        raise KernelRefused("the kernel did not get ready in time")


class WarmKernelManager(AsyncKernelManager):
    """A kernel manager whose kernel comes from a warm server."""

    provisioner: WarmProvisioner

    async def _async_post_start_kernel(self, **kwargs: Any) -> None:
        """Connect nothing: a kernel is ended by a signal, not by a message."""
        await self.provisioner.post_launch(**kwargs)

    def client(self, **kwargs: Any) -> Any:
        """A WarmKernelClient."""
        return super().client(**{"context": self.context, **kwargs})


def kernel_spec(server_address: Path, directories: Path, limits: Limits, level: str) -> KernelSpec:
    """The kernel of a warm server, for jupyter_client."""
    provisioner = {
        "provisioner_name": "autograder-warm",
        "config": {
            "server_address": str(server_address),
            "directories": str(directories),
            "limits": limits.to_dict(),
            "level": level,
        },
    }
    return KernelSpec(argv=[], display_name="Sandbox", language="python", metadata={"kernel_provisioner": provisioner})


def kernel_manager(spec: KernelSpec) -> WarmKernelManager:
    """A manager for one kernel, not yet started: for nbclient, or for `start_kernel`."""
    specs = WarmSpecs()
    specs.spec = spec
    return WarmKernelManager(
        kernel_name="sandbox",
        kernel_spec_manager=specs,
        context=bounded_context(),
        client_factory=WarmKernelClient,
        transport="ipc",
    )


async def start_kernel(spec: KernelSpec) -> tuple[WarmKernelManager, WarmKernelClient]:
    """A running kernel and a client that is connected to it, without standard input."""
    manager = kernel_manager(spec)
    await manager.start_kernel()
    client = manager.client()
    client.start_channels(stdin=False, control=False)
    try:
        await client.wait_for_ready(timeout=30)
    except BaseException:
        await stop_kernel(manager, client)
        raise
    return manager, client


async def stop_kernel(manager: WarmKernelManager, client: WarmKernelClient) -> None:
    """End a kernel, dead or alive, and all that belongs to it."""
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
