"""JupyterLab on a folder, started as the Makefile starts it, for tests that open it in a browser."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, Route

ARTEFACTS = Path(__file__).resolve().parent.parent / "artefacts"
TOKEN = "test"


@contextlib.contextmanager
def jupyter(folder: Path, home: Path, *options: str) -> Iterator[str]:
    """Run `jupyter lab` in `folder`, with an empty home. Yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")}
    settings = [f"--port={port}", "--no-browser", "--allow-root", f"--IdentityProvider.token={TOKEN}", *options]
    with open(home / "jupyter.log", "w") as log:
        command = [sys.executable, "-m", "jupyter", "lab", *settings]
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        wait_for(f"{address}/api?token={TOKEN}", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def wait_for(address: str, server: subprocess.Popen, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urlopen(address):
            return
        time.sleep(0.2)
    raise TimeoutError(f"JupyterLab does not answer at {address}")


@contextlib.contextmanager
def page_of(browser: Browser, trouble: list[str]) -> Iterator[Page]:
    """A page that collects script errors and requests to elsewhere, and never leaves this machine."""
    context = browser.new_context(viewport={"width": 1300, "height": 1200})

    def refuse(route: Route) -> None:
        trouble.append(f"request: {route.request.url}")
        route.abort()

    context.route(lambda url: not url.startswith(("http://127.0.0.1", "data:", "blob:")), refuse)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    try:
        yield page
    finally:
        context.close()


def screenshot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png")
