"""The page for grading proofs: a server of its own on the loopback address.

It answers only with the token, to its own origin and under its own names, so that no other page, no other user of the
machine and no name that leads to this address gets anything. Pages hold no inline script, and load nothing else.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import secrets
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from tornado.httpserver import HTTPServer
from tornado.web import Application, HTTPError, RequestHandler

from autograder.proofs.calls import CALLS, Asked, plain
from autograder.proofs.checker import Checker
from autograder.proofs.desk import Desk
from autograder.report import to_html

STATIC = Path(__file__).parent / "static"
TYPES = {"proofs.js": "text/javascript", "keys.js": "text/javascript", "proofs.css": "text/css"}
ADDRESS = "127.0.0.1"
MAX_BODY = 1_000_000  # bytes of a request
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Guarded(RequestHandler):
    """A handler that answers only with the token, under the server's own name, to the server's own pages."""

    def initialize(self, desk: Desk, checker: Checker, token: str, hosts: list[str]) -> None:
        self.desk, self.checker, self._token, self._hosts = desk, checker, token, hosts

    def prepare(self) -> None:
        """Refuse everything else, before a handler sees it."""
        if self.request.host not in self._hosts:
            raise HTTPError(403, reason="This server has another name")
        origin = self.request.headers.get("Origin")
        if origin is not None and origin not in [f"http://{host}" for host in self._hosts]:
            raise HTTPError(403, reason="The request comes from another page")
        given = self.request.headers.get("Authorization", "").removeprefix("token ")
        given = given or (self.get_query_argument("token", "") if self.request.method == "GET" else "")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise HTTPError(403, reason="Open the address that make proofs has printed, with its token")

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.clear_header("Server")

    def write_error(self, status_code: int, **details: Any) -> None:
        """One line for a person. What a fault of ours was stands in the terminal."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{self._reason}.")


class Page(Guarded):
    """The page and its parts. The address of each part bears the token, as the page's does."""

    def get(self, name: str) -> None:
        if not name:
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish((STATIC / "proofs.html").read_text().replace("{token}", self._token))
        elif name in TYPES:
            self.set_header("Content-Type", f"{TYPES[name]}; charset=utf-8")
            self.finish((STATIC / name).read_text())
        else:
            raise HTTPError(404, reason="There is nothing of this name")


class Call(Guarded):
    """What the page asks for: POST /api/<name> with a JSON object."""

    async def post(self, name: str) -> None:
        if name not in CALLS:
            raise HTTPError(404, reason="There is nothing of this name")
        page = self.request.headers.get("X-Page", "")
        if not re.fullmatch(r"[A-Za-z0-9-]{8,64}", page):
            raise HTTPError(400, reason="The page has no id")
        try:
            asked = Asked(self.desk, page, json.loads(self.request.body))
            answer = await self._derivation(asked) if name == "derivation" else CALLS[name](asked)
        except KeyError as error:
            raise HTTPError(409, reason=plain(str(error.args[0]))) from None
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise HTTPError(400, reason=plain(f"Not understood: {error}")) from None
        except SQLAlchemyError as error:
            reason = str(error).splitlines()[0]
            raise HTTPError(503, reason=plain(f"The gradebook could not be used, try again: {reason}")) from None
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(answer))

    async def _derivation(self, asked: Asked) -> dict[str, Any]:
        text = asked.desk.text_of(asked.question, asked.text("card"))
        steps = await asyncio.to_thread(self.checker.check, asked.question.text, text)
        if steps is None:
            return {"late": True}
        counts = {state: sum(step["state"] == state for step in steps) for state in ("holds", "fails", "unread")}
        first = next((step for step in steps if step["state"] == "fails"), None)
        return {**counts, "first": to_html(f"${first['left']} = {first['right']}$") if first else ""}


async def serve(desk: Desk, sockets: list[socket.socket], ready: Callable[[str], None]) -> None:
    """Serve on these sockets until Ctrl-C. `ready` is given the page's address, token included."""
    token, checker = secrets.token_urlsafe(24), Checker()
    port = sockets[0].getsockname()[1]
    common = {"desk": desk, "checker": checker, "token": token, "hosts": [f"{ADDRESS}:{port}", f"localhost:{port}"]}
    rules: list[Any] = [(r"/api/([a-z-]+)", Call, common), (r"/(.*)", Page, common)]
    application = Application(rules, log_function=lambda handler: None)  # it would show the token
    server = HTTPServer(application, max_body_size=MAX_BODY)
    server.add_sockets(sockets)
    ended = asyncio.Event()
    # Through the loop's own pipe: a signal that comes just before the loop begins to wait would not wake it.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, ended.set)
    ready(f"http://{ADDRESS}:{port}/?token={token}")
    try:
        await ended.wait()
    finally:
        server.stop()
        checker.close()
