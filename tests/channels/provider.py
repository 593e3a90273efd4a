"""A provider on this machine: takes requests as its documents say, and misbehaves when it is told to."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

SHORT = httpx.Timeout(0.4)
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: reading the system's certificates takes longer than a test


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = tuple[int, Any]


@dataclass
class Provider:
    """`answers` speaks the protocol; `faults` are dealt out one for each request before it is answered as it should be.

    Faults: ``hang`` (accepts and never answers), ``500`` (accepts, then an error page), ``drop`` (accepts and hangs up), ``garbage``
    (accepts and answers with what is no JSON), ``long`` (an answer without end), ``429``, ``403``.
    """

    answers: Callable[[Request], Answer]
    faults: list[str] = field(default_factory=list)
    only: str = ""
    """Faults are for this path alone."""
    taken: list[Request] = field(default_factory=list)
    url: str = ""
    done: threading.Event = field(default_factory=threading.Event)

    def to(self, path: str) -> list[Request]:
        return [request for request in self.taken if request.path == path]


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield provider
    finally:
        provider.done.set()
        server.shutdown()
        server.server_close()


def impatient() -> httpx.Client:
    """A client whose patience suits a test."""
    return httpx.Client(timeout=SHORT, trust_env=False, verify=_NO_TLS)


_SAID = {
    "500": (500, b"<html>trouble</html>"), "429": (429, b"{}"), "garbage": (200, b"<html>welcome</html>"),
    "long": (200, b'{"a": "' + b"x" * 1_100_000 + b'"}'), "403": (403, b"<html>forbidden</html>"),
}  # fmt: skip


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body)
            fault = provider.faults.pop(0) if provider.faults and provider.only in ("", request.path) else ""
            status, said = provider.answers(request)
            provider.taken.append(request)
            self.misbehave(fault) if fault else self.say(status, json.dumps(said, ensure_ascii=False).encode())

        def misbehave(self, fault: str) -> None:
            if fault in _SAID:
                self.say(*_SAID[fault])
            elif fault == "hang":
                provider.done.wait(3)
            self.close_connection = True

        def say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:  # the client has heard enough
                self.close_connection = True

        def log_message(self, *about: object) -> None:
            return

        do_GET = do_POST = answer  # noqa: N815

    return Handler
