"""The server of `make proofs`, as a program, for tests that talk to it."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

from autograder.course import Course


class Served:
    """A running server: its address, and requests to it as a page sends them."""

    def __init__(self, address: str, pid: int) -> None:
        self.address = address
        self.pid = pid
        self.host = urlsplit(address).netloc
        self.token = parse_qs(urlsplit(address).query)["token"][0]

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], str]:
        """Send a request as it is. Returns status, headers and body."""
        connection = HTTPConnection(self.host, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    def call(self, name: str, page: str = "page-of-test", **body: object) -> object:
        """A call of the page. RuntimeError with the reason if it is refused."""
        headers = {"Authorization": f"token {self.token}", "X-Page": page, "Origin": f"http://{self.host}"}
        status, _, text = self.request("POST", f"/api/{name}", json.dumps(body).encode(), **headers)
        if status != 200:
            raise RuntimeError(f"{status} {text}")
        return json.loads(text)


@contextlib.contextmanager
def served(course: Course, who: str = "ana") -> Iterator[Served]:
    """Run the server on a course, and end it as Ctrl-C does."""
    command = [sys.executable, "-m", "autograder", "proofs", "--no-browser", "--who", who]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=course.root, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, line
            yield Served(found[0], server.pid)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                assert server.wait(30) == 0
            finally:
                server.kill()
